// Which columns of a data set a question reads, and what they may hold.

#pragma once

#include <string>
#include <vector>

#include "polytask/data/dataset.h"

namespace polytask {

enum class ColumnKind {
  label,         // 0 or 1; missing: NaN, and -1 as DatasetSpec::minus_one says
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
// by question, missing as NaN. Other columns may hold anything.
//
// Names select: a column is found by its name, a class by its name, whatever
// their order in the data and however many more there are. Only where the data
// has no names do the question's count: the columns label_0, label_1, ... (of
// a single question, or in the group of its task) are its members in order, if
// there are as many, and numbers are its classes in order, unless the names of
// its classes are numbers themselves.
//
// The texts of a table (ColumnClasses::as_written) become answers here:
//   label          1, true, yes; 0, false, no; in any case
//   class_number   the class of that name, to the letter: 010 is not 10
//   count, number  decimal numbers
// Missing are empty cells; NA, N/A, NaN, null and None, as a class unless it
// has that name; and -1, but for measured numbers.
//
//   notes   if there, a sentence is added for everything that was taken for
//           granted: names by position, words taken as missing
//
// Reads every target once. Throws Fault::data, naming everything that does not
// fit: columns that are not there or cannot answer, with the nearest names; the
// first cells that hold what they may not; labels that are 1 and -1 without a
// 0, where DatasetSpec::minus_one is `ask`.
[[nodiscard]] DatasetPtr select_columns(
    const DatasetPtr& data, const std::vector<ColumnUse>& uses,
    ColumnNames names = ColumnNames::as_found,
    std::vector<std::string>* notes = nullptr);

// Whether the data has a column for this question, by name.
[[nodiscard]] bool has_column(const DatasetSpec& data, const ColumnUse& use);

}  // namespace polytask
