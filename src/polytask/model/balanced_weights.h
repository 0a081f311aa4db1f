// Weights of losses that are left to the data; losses.h has the formulas.

#pragma once

#include <string>
#include <vector>

#include "polytask/data/dataset.h"
#include "polytask/task/task.h"

namespace polytask {

// Puts numbers in the place of LossOptions::balanced, counted over the targets
// that are there; other losses stay as they are.
//   data   the training part, with the columns of the tasks
// A sentence for every label and class whose weight is 1 because the data has
// no other, in the words of a recipe: "tasks.scene.loss.positive_weights: ...".
std::vector<std::string> derive_balanced_weights(std::vector<Task>& tasks,
                                                 const Dataset& data);

}  // namespace polytask
