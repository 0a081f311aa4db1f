// conflicts.html: where in the trunk the tasks of a training pulled apart, as
// heat maps.
//
// One page that needs nothing else: no script, nothing from elsewhere; for
// light and dark. From what TrainOptions::record_conflicts put into the epoch
// reports: cosines and shares of conflicting steps for each pair of tasks and
// layer of the trunk, over the whole training and over its epochs.

#pragma once

#include <string>

#include "polytask/train/recorded_conflicts.h"

namespace polytask {

// The page; empty when there is nothing to draw: one task, no epoch, or none
// with a record. Of more than 60 pairs it shows those with the lowest mean
// cosine; many epochs share columns, which then show means.
[[nodiscard]] std::string conflicts_html(const RecordedConflicts& recorded);

}  // namespace polytask
