#include "polytask/model/training_targets.h"

#include "polytask/model/balanced_weights.h"
#include "polytask/model/target_statistics.h"

namespace polytask {

TrainingTargets read_training_targets(std::vector<Task>& tasks,
                                      const Dataset& data) {
  return {.statistics = target_statistics_of(tasks, data),
          .warnings = derive_balanced_weights(tasks, data)};
}

}  // namespace polytask
