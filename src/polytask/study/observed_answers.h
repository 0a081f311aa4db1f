// How many answers a data set holds.

#pragma once

#include <cstdint>
#include <vector>

#include "polytask/data/dataset.h"
#include "polytask/task/task.h"

namespace polytask {

// Of each column, [columns].
[[nodiscard]] std::vector<std::int64_t> observed_answers(const Dataset& data);

// Whether no label of a multilabel task is missing in so many images.
//   observed   of the columns of the tasks, in their order
[[nodiscard]] bool knows_every_label(const std::vector<Task>& tasks,
                                     const std::vector<std::int64_t>& observed,
                                     std::int64_t images);

}  // namespace polytask
