// What the targets of the training part decide before an image is seen.

#pragma once

#include <string>
#include <vector>

#include "polytask/data/dataset.h"
#include "polytask/task/task.h"

namespace polytask {

struct TrainingTargets {
  std::vector<TargetStatistics> statistics;  // of each task
  std::vector<std::string> warnings;         // of derive_balanced_weights()
};

// Puts numbers in the place of weights that are left to the data.
//   data   the training part, with the columns of the tasks
TrainingTargets read_training_targets(std::vector<Task>& tasks,
                                      const Dataset& data);

}  // namespace polytask
