// What was measured of a training's steps, as a document and as a table.

#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "polytask/tensor/shape.h"

namespace polytask {

// One pass of one layer, per step.
struct PassReport {
  std::string layer;     // as in the plan
  std::string pass;      // "forward" or "backward"
  double seconds = 0.0;  // summed over the threads

  // Multiplications and additions of a batch: as if no gradient were 0, and
  // those that are computed.
  double nominal_flops = 0.0;
  double executed_flops = 0.0;

  // Backward of a layer with a pool: the share of windows that pass a gradient
  // back, and of the pooled elements that get one. Behind a relu alone both are
  // the share of the elements that backward computes for.
  std::optional<double> alive;
  std::optional<double> density;
};

struct BenchReport {
  int batch = 0;    // images
  int threads = 0;  //
  std::vector<PassReport> passes;
  std::vector<double> step_seconds;
  std::vector<double> peak_flops_a_second;  // of all threads, each time
  std::string trouble;  // why a step could not be used; empty otherwise
  bool interrupted = false;
};

// What was measured.
struct BenchSubject {
  std::string recipe;
  bool random_pixels = false;
  std::string data;  // path; not used with random pixels
  Shape image;
  // On which machine, and the most memory that the process has had; 0: unknown.
  std::string processor;
  std::string vector_extensions;
  std::int64_t peak_memory_bytes = 0;
};

// Speeds are those of all threads together, so that they compare with the
// peak: FLOPs * threads / seconds summed over threads.
[[nodiscard]] std::string bench_json(const BenchSubject& subject,
                                     const BenchReport& report);
[[nodiscard]] std::string bench_table(const BenchSubject& subject,
                                      const BenchReport& report);

}  // namespace polytask
