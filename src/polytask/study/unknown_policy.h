// What a training does with labels that no one knows.

#pragma once

#include <string>
#include <vector>

#include "polytask/data/dataset.h"
#include "polytask/predict/predictor.h"
#include "polytask/task/task.h"

namespace polytask {

// See missing_labels.h.
enum class UnknownPolicy { ignore, negative, weak_negative, pseudo_label };

// "ignore", "negative", "weak_negative", "pseudo_label"
[[nodiscard]] std::string to_text(UnknownPolicy policy);

// Of the multilabel task that has most; 0 where there is none.
[[nodiscard]] int most_labels(const std::vector<Task>& tasks);

// TrainOptions::missing_label_weight of a policy.
[[nodiscard]] double missing_label_weight(UnknownPolicy policy,
                                          const std::vector<Task>& tasks);

// [N, columns]: what the teacher is sure of among the labels of multilabel
// tasks, 1 from a probability of .9 on and 0 up to .1; NaN else.
//   data   has the columns of the teacher's tasks
[[nodiscard]] std::vector<float> sure_answers(Predictor& teacher,
                                              const Dataset& data);

}  // namespace polytask
