// Which columns of a data set tasks read.

#pragma once

#include <vector>

#include "polytask/data/columns.h"
#include "polytask/task/task.h"

namespace polytask {

[[nodiscard]] std::vector<ColumnUse> column_uses(
    const std::vector<Task>& tasks);

// Columns of each task.
[[nodiscard]] std::vector<int> column_counts(const std::vector<Task>& tasks);

}  // namespace polytask
