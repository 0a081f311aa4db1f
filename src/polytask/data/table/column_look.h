// What the answers in a column look like, for a recipe that does not say it.

#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "polytask/data/dataset.h"

namespace polytask {

enum class Looks {
  labels,   // 0 and 1, yes and no; or nothing at all
  classes,  // words, or whole numbers of which at most 20 differ
  numbers,
  nothing,  // names, texts, numbers of a kind: nearly every cell differs
};

struct ColumnLook {
  Looks looks = Looks::labels;
  std::int64_t observed = 0;  // cells that are not missing
  std::size_t kinds = 0;      // different answers, of numbers counted up to 21
  double least = 0.0;         // of numbers
  double largest = 0.0;
};

// Of each column. A column is what nine of ten of its answers are: the others
// are slips, which are refused where the column is used. -1 counts as missing.
// Reads every target.
[[nodiscard]] std::vector<ColumnLook> looks_of(const Dataset& data);

// The classes of a column that keeps the texts of its cells: those that are
// neither missing nor -1.
[[nodiscard]] std::vector<std::string> classes_in(const ColumnClasses& texts);

}  // namespace polytask
