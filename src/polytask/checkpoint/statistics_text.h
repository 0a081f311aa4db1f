// The statistics of targets as a model file has them, under "polytask.prior":
// JSON of a list of numbers per task, null where one is not known.
//
//   labels    [3 L]: the share of positives, first_label, label_set
//   classes   [C]: the share of each
//   numbers   [3 K]: mean, deviation, median of each
//
// Older files have of labels the shares alone, of a count the mean.

#pragma once

#include <string>
#include <vector>

#include "polytask/model/model.h"

namespace polytask {

[[nodiscard]] std::string statistics_text(const Model& model);

// Empty for a model before training. Throws Fault::data, beginning with
// `place`, where the text is none of these.
[[nodiscard]] std::vector<TargetStatistics> read_statistics(
    const std::string& text, const std::vector<Task>& tasks,
    const std::string& place);

}  // namespace polytask
