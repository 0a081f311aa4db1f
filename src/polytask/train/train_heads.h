// Training heads alone, behind a trunk that keeps every bit.
//
// Without its dropout a frozen trunk gives an image the same features
//
//   f(x) = trunk(x)   [F]
//
// in every epoch. They are computed once, and the heads train as a network of
// their own whose images are these features. So a step gives a head the very
// gradient it would have behind the trunk, and the trunk none.

#pragma once

#include <vector>

#include "polytask/model/model.h"
#include "polytask/train/train.h"

namespace polytask {

// The tasks named by options.only_heads in the order of `tasks`; all of them
// where it is empty. Throws Fault::config for names of no task.
[[nodiscard]] std::vector<Task> learning_tasks(const std::vector<Task>& tasks,
                                               const TrainOptions& options);

struct HeadsToTrain {
  Model& model;
  const std::vector<Task>& tasks;                   // those that learn
  const std::vector<TargetStatistics>& statistics;  // of these tasks
  const TrainData& data;                            // with their columns
};

// As train() does, which has checked everything. Allocates F floats an image.
[[nodiscard]] TrainReport train_heads(const HeadsToTrain& heads,
                                      const TrainOptions& options,
                                      const TrainRun& run);

}  // namespace polytask
