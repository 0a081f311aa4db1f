// The measurement of a training step as a document and as a table.

#pragma once

#include "apps/cli/step_bench.h"

namespace polytask::cli {

// What was measured.
struct BenchSubject {
  std::string recipe;
  bool random_pixels = false;
  std::string data;  // path; not used with random pixels
  Shape image;
};

// Speeds are those of all threads together, so that they compare with the
// peak: FLOPs * threads / seconds summed over threads.
[[nodiscard]] std::string bench_json(const BenchSubject& subject,
                                     const BenchReport& report);
[[nodiscard]] std::string bench_table(const BenchSubject& subject,
                                      const BenchReport& report);

}  // namespace polytask::cli
