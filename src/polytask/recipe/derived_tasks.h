// The tasks of a recipe that names none, from what the data looks like.

#pragma once

#include <string>
#include <vector>

#include "polytask/data/dataset.h"
#include "polytask/task/task.h"

namespace polytask {

// A group of columns, objects/car and objects/bus, is one task of that name:
// multilabel, or a regression. Of the others, those of labels are one
// multilabel task "labels", and each of classes and of numbers is a task of its
// own; see column_look.h. Columns that look like nothing are left out.
//
//   notes   a sentence is added that says what was derived, unless every column
//           is a label or names its classes, which leaves no choice
//
// Throws Fault::config when a group has labels and numbers, or when no column
// makes a task.
[[nodiscard]] std::vector<Task> derived_tasks(const Dataset& data,
                                              std::vector<std::string>& notes);

// "objects" of the column "objects/car"; empty for a bare name.
[[nodiscard]] std::string group_of(const std::string& column);

// What follows the name of the group in its columns.
[[nodiscard]] std::vector<std::string> members_of(const DatasetSpec& spec,
                                                  const std::string& group);

// The names of the classes of a column of classes or whole numbers; empty when
// they cannot be told.
[[nodiscard]] std::vector<std::string> classes_of_column(const Dataset& data,
                                                         std::size_t column);

}  // namespace polytask
