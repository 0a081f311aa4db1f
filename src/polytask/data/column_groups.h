// Which columns of a data set answer the same question.
//
// "objects/car" and "objects/bus" are the labels car and bus of the task
// objects; "weather", without a slash, is a task of one column. Columns of
// one task may stand apart.

#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "polytask/data/dataset.h"

namespace polytask {

struct TaskColumns {
  std::string task;
  std::vector<std::size_t> columns;  // at least one, ascending
  std::vector<std::string> labels;   // one per column; none for a bare column
  std::vector<std::string> classes;  // of a bare column; may be empty
};

// True when a column's name has a slash or a column has classes: the data
// set then asks several questions, and its columns are not plain labels.
[[nodiscard]] bool has_tasks(const DatasetSpec& spec);

// In the order of their first columns.
//
// Throws Fault::shape, all problems at once, when a part of a name is empty
// or a dot, a task is a column and a group, a name stands there twice, or
// classes belong to no column or to one of a group.
[[nodiscard]] std::vector<TaskColumns> tasks_of(const DatasetSpec& spec,
                                                const std::string& place);

}  // namespace polytask
