// What more answers are worth: differences between the levels of a study.

#pragma once

#include <vector>

#include "polytask/study/missing_labels.h"

namespace polytask {

// Of each label or class with an f1, for each pair of neighbouring levels of
// `points`, which are those of one policy, levels upwards. A seed counts where
// both f1 are defined; a pair without one, or without a difference in answers,
// is left out.
[[nodiscard]] std::vector<AnswerValue> answer_values(
    const std::vector<Task>& tasks, const std::vector<MissingPoint>& points);

}  // namespace polytask
