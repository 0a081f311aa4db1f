// One column of a table while it is read: its cells stay the texts they are
// until someone asks what they mean, or until there are so many different ones
// that they can only be numbers.

#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "polytask/data/dataset.h"
#include "polytask/data/problem_list.h"

namespace polytask {

class TextColumn {
 public:
  static constexpr std::size_t kMostTexts = 10'000;  // of one column

  explicit TextColumn(bool decimal_comma) : decimal_comma_(decimal_comma) {}

  // The cell of the next row. Its text must stand as long as the column.
  //   line   of the table, for messages
  void add(std::string_view cell, std::int64_t line);

  // What the column has come to: at most one of the two is there. Neither: its
  // values are numbers.
  struct Meaning {
    std::optional<ColumnClasses> texts;
    std::optional<UnusableColumn> unusable;
  };
  // Brings the texts into the order in which people count; to be called once,
  // when all rows are there.
  [[nodiscard]] Meaning finish(const std::string& name);

  // [N] the index of the text of each row, or the number; NaN for empty cells
  [[nodiscard]] std::span<const float> values() const { return values_; }

 private:
  enum class State { texts, numbers, anything };

  void add_text(std::string_view text, std::int64_t line);
  [[nodiscard]] float number_of(std::string_view text, std::int64_t line);
  void give_texts_up();
  [[nodiscard]] std::optional<UnusableColumn> what_is_wrong(
      const std::string& name) const;

  bool decimal_comma_;
  State state_ = State::texts;
  std::vector<float> values_;
  std::vector<std::string_view> texts_;
  std::vector<std::int64_t> lines_;  // [texts] where each stands first
  std::unordered_map<std::string_view, std::size_t> index_;
  ProblemList slips_;  // cells that are no numbers, where all others are
};

}  // namespace polytask
