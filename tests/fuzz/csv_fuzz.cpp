// Label tables: whatever the text, a refusal or a table that adds up, and rows
// that are written out and read again are the same.

#include <algorithm>
#include <cmath>

#include "polytask/data/table/csv_reader.h"
#include "polytask/data/table/label_table.h"
#include "tests/fuzz/fuzz_target.h"

namespace polytask::fuzz {
namespace {

using Rows = std::vector<std::vector<std::string>>;

Rows rows_of(const std::string& text) {
  CsvReader reader(text, "table.csv");
  Rows rows;
  for (std::vector<std::string_view> cells; reader.next(cells);) {
    rows.emplace_back(cells.begin(), cells.end());
  }
  return rows;
}

// With every cell in quotes.
std::string text_of(const Rows& rows) {
  std::string text = "sep=,\n";
  for (const auto& cells : rows) {
    for (const std::string& cell : cells) {
      text += '"';
      for (const char c : cell) text += c == '"' ? "\"\"" : std::string(1, c);
      text += "\",";
    }
    text.back() = '\n';
  }
  return text;
}

// Classes of the column; none of one with numbers.
const ColumnClasses* classes_of(const LabelTable& table,
                                const std::string& column) {
  const auto found =
      std::ranges::find(table.classes, column, &ColumnClasses::column);
  return found == table.classes.end() ? nullptr : &*found;
}

bool may_stand(float target, const ColumnClasses* classes, CellValues values) {
  if (std::isnan(target)) return true;
  if (values == CellValues::labels) return target == 0.0f || target == 1.0f;
  if (classes == nullptr) return std::isfinite(target);
  return target >= 0.0f && target == std::floor(target) &&
         target < static_cast<float>(classes->names.size());
}

bool adds_up(const LabelTable& table, CellValues values) {
  const std::size_t rows = table.names.size();
  const std::size_t width = table.labels.size();
  if (rows == 0 || width == 0 || table.lines.size() != rows ||
      table.targets.size() != rows * width) {
    return false;
  }
  for (std::size_t row = 1; row < rows; ++row) {
    if (table.lines[row] <= table.lines[row - 1]) return false;
  }
  for (std::size_t i = 0; i < width; ++i) {
    const ColumnClasses* classes = classes_of(table, table.labels[i]);
    for (std::size_t row = 0; row < rows; ++row) {
      if (!may_stand(table.targets[row * width + i], classes, values)) {
        return false;
      }
    }
  }
  return true;
}

}  // namespace
}  // namespace polytask::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  using namespace polytask;
  const std::string text(reinterpret_cast<const char*>(data), size);
  fuzz::expect_answer_or_refusal([&] {
    const fuzz::Rows rows = fuzz::rows_of(text);
    if (fuzz::rows_of(fuzz::text_of(rows)) != rows) std::abort();
  });
  for (const CellValues values : {CellValues::labels, CellValues::numbers}) {
    fuzz::expect_answer_or_refusal([&] {
      const LabelTable table =
          parse_label_table(text, {.table = "table.csv", .values = values});
      if (!fuzz::adds_up(table, values)) std::abort();
    });
  }
  return 0;
}
