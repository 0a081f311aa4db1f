// What the cells of one column are worth to a question.

#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "polytask/data/columns.h"

namespace polytask {

// What a cell of labels or classes says, as far as it tells what -1 means.
enum class Sign { minus_one, zero, one, other, missing };

class ColumnValues {
 public:
  // Of the column `source` of a data set, whose spec must outlive this.
  ColumnValues(const DatasetSpec& data, std::size_t source,
               const ColumnUse& use);

  // What the view holds for a cell, NaN where it is missing; nothing where the
  // question cannot have such an answer.
  [[nodiscard]] std::optional<float> value_of(float cell) const;
  [[nodiscard]] Sign sign_of(float cell) const;

  // "expected 0, 1 or missing, found 7"
  [[nodiscard]] std::string problem(float cell) const;

  // Why no cell of the column can be an answer; "" when they can.
  [[nodiscard]] const std::string& refusal() const { return refusal_; }

  // Of the question: names of the values 0, 1, ...
  [[nodiscard]] const std::vector<std::string>& classes() const {
    return classes_;
  }

  // From now on a label of -1 is 0.
  void take_minus_one_for_no() { minus_one_ = 0.0f; }

  // The numbers in the data are the classes in the order of the question.
  [[nodiscard]] bool numbers_are_positions() const { return by_position_; }

  // The cell is a word, "None", that was taken for a missing answer although a
  // class might be called like that.
  [[nodiscard]] bool is_missing_word(float cell) const;
  // The cell as it is written or, where it is a number, as that.
  [[nodiscard]] std::string text_of(float cell) const;

 private:
  using Value = std::optional<float>;
  // Of a text in the data.
  struct Meaning {
    Value value;
    Sign sign = Sign::other;
  };

  void choose_way_of_classes();
  [[nodiscard]] const Meaning* meaning_of(float cell) const;
  [[nodiscard]] Value value_of_text(const std::string& text) const;
  [[nodiscard]] Value value_of_number(double number) const;
  [[nodiscard]] Value class_of_text(const std::string& text) const;
  [[nodiscard]] Value class_of_number(double number) const;
  [[nodiscard]] Sign sign_of_text(const std::string& text) const;
  [[nodiscard]] std::string expected() const;

  ColumnKind kind_;
  std::vector<std::string> classes_;      // of the question
  const ColumnClasses* found_ = nullptr;  // texts or classes of the data
  bool by_position_ = false;
  float minus_one_;  // what a label of -1 is worth
  std::string refusal_;
  std::vector<Meaning> meanings_;                   // of the texts in found_
  std::unordered_map<std::string, float> by_name_;  // of classes_
  // Of the classes whose name is a number; -1 where two have the same.
  std::map<double, float> by_number_;
  std::map<double, int> texts_by_number_;  // how many in found_
};

}  // namespace polytask
