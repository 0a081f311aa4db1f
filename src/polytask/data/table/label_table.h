// A CSV table that names images and says which labels they have: one row an
// image, a column with its file name and a column for each label.
//
//   Filenames,desert,sea,sunset
//   1.jpg,1,0,0
//   2.jpg,0,1,            <- not known whether it shows a sunset
//
// A cell is 0 or 1 (0.0, 1.0, true and false, yes and no in any case), or
// missing: empty, -1, or one of the words of is_missing_answer. With
// CellValues::numbers it is anything: a column's cells stay the texts they are
// (ColumnClasses::as_written), or numbers where more than 10000 of them differ.
//
// Columns without a name are left out where they are empty, rows without a
// single cell that is not empty as well: spreadsheets write such.

#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "polytask/data/dataset.h"

namespace polytask {

inline constexpr std::int64_t kMaxTableBytes = 256 << 20;

struct LabelTableOptions {
  std::filesystem::path table;
  std::string name_column;               // empty: the first column
  std::vector<std::string> label_names;  // empty: every other column
  CellValues values = CellValues::labels;
};

struct LabelTable {
  std::vector<std::string> labels;
  std::vector<std::string> names;   // [N] as written, without blanks around
  std::vector<std::int64_t> lines;  // [N] of the table, the first is 1
  std::vector<float> targets;       // [N, L]; NaN is missing
  std::vector<ColumnClasses> classes;
  std::vector<UnusableColumn> unusable;
};

// Throws Fault::io and Fault::data when the file cannot be read or is not such
// a table, naming line, column and value of the first problems;
// Fault::config when the options name a column twice or one that is not there.
[[nodiscard]] LabelTable read_label_table(const LabelTableOptions& options);

// The same for a table that is in memory: options.table is only its name.
[[nodiscard]] LabelTable parse_label_table(std::string text,
                                           const LabelTableOptions& options);

}  // namespace polytask
