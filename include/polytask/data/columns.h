// Which columns of a data set a question reads, and what they may hold.

#pragma once

#include <string>
#include <vector>

#include "polytask/data/dataset.h"

namespace polytask {

enum class ColumnKind {
  label,         // 0 or 1; missing: NaN or below 0
  class_number,  // 0 to C - 1; missing: NaN or below 0
  count,         // 0, 1, 2, ...; missing: NaN or below 0
  number,        // any; missing: NaN
};

// One question. The column of a member is called "task/member" or "member";
// without members there is one column, called as the task.
struct ColumnUse {
  std::string task;
  ColumnKind kind = ColumnKind::label;
  std::vector<std::string> members;
  std::vector<std::string> classes;  // of class numbers: names of 0, 1, ...
};

// What the columns of a view are called: as in the data, or "task/member" and
// "task", which no other question takes for its own.
enum class ColumnNames { as_found, full };

// A view of `data` with the columns of these questions and no others, question
// by question, missing as NaN. Where the data names the classes of a column,
// its numbers are brought to the order of `classes` by name. A single question
// takes nameless columns (label_0, ...) by their position, if there are as many
// as it has members.
//
// Reads every target once. Throws Fault::data, naming everything that does not
// fit: columns that are not there or have names of classes where numbers are
// asked for, and the first cells that hold what they may not.
[[nodiscard]] DatasetPtr select_columns(
    const DatasetPtr& data, const std::vector<ColumnUse>& uses,
    ColumnNames names = ColumnNames::as_found);

// Whether the data has a column for this question, by name.
[[nodiscard]] bool has_column(const DatasetSpec& data, const ColumnUse& use);

}  // namespace polytask
