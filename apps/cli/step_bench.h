// Where the time of a training step goes, measured on real steps.

#pragma once

#include <atomic>
#include <functional>

#include "apps/cli/recipe_job.h"
#include "polytask/report/bench_text.h"

namespace polytask::cli {

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
