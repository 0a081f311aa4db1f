// What a training has recorded of the conflicts between its tasks.

#pragma once

#include <string>
#include <vector>

#include "polytask/train/progress.h"
#include "polytask/weighting/weighting.h"

namespace polytask {

// Of TrainOptions::record_conflicts.
struct RecordedConflicts {
  std::vector<std::string> tasks;  // their names, in the order of the model
  WeightedGradients gradients = WeightedGradients::features;
  std::vector<EpochReport> history;  // of the whole training
};

}  // namespace polytask
