// Where the time of a training step goes, measured on real steps.

#pragma once

#include <atomic>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "apps/cli/recipe_job.h"

namespace polytask::cli {

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

struct BenchOptions {
  int steps = 10;
  int warm_up = 3;                          // steps before them
  const std::atomic<bool>* stop = nullptr;  // set it to end after this step
  std::function<void(int step)> progress;   // after each timed step, from 1
};

// Trains a new model on `data` for so many steps, as `train` does. The most
// arithmetic the processor can do is measured between the steps, so that a
// drift of the machine meets both.
// Throws Fault::config when a batch does not fit the data; as TrainingStep
// does.
[[nodiscard]] BenchReport bench_steps(const RecipeJob& job,
                                      const DatasetPtr& data,
                                      const BenchOptions& options);

}  // namespace polytask::cli
