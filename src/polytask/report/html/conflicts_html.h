// conflicts.html: where in the trunk the tasks of a training pulled apart, as
// heat maps.
//
// One page that needs nothing else: no script, nothing from elsewhere; for
// light and dark. From what TrainOptions::record_conflicts put into the epoch
// reports: cosines and shares of conflicting steps for each pair of tasks and
// layer of the trunk, over the whole training and over its epochs.

#pragma once

#include <string>
#include <vector>

#include "polytask/train/progress.h"
#include "polytask/weighting/weighting.h"

namespace polytask {

struct RecordedConflicts {
  std::vector<std::string> tasks;  // their names, in the order of the model
  WeightedGradients gradients = WeightedGradients::features;
  std::vector<EpochReport> history;  // of the whole training
};

// The page; empty when there is nothing to draw: one task, no epoch, or none
// with a record. Of more than 60 pairs it shows those with the lowest mean
// cosine; many epochs share columns, which then show means.
[[nodiscard]] std::string conflicts_html(const RecordedConflicts& recorded);

}  // namespace polytask
