#include "polytask/data/table/text_column.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <utility>

#include "polytask/base/text.h"
#include "polytask/base/utf8.h"
#include "polytask/data/table/cell_text.h"
#include "polytask/data/table/natural_order.h"
#include "polytask/data/table/shown_text.h"

namespace polytask {
namespace {

constexpr float kMissing = std::numeric_limits<float>::quiet_NaN();

}  // namespace

void TextColumn::add(std::string_view cell, std::int64_t line) {
  const std::string_view text = without_blanks(cell);
  if (text.empty()) {
    values_.push_back(kMissing);
  } else if (state_ == State::texts) {
    add_text(text, line);
  } else {
    values_.push_back(state_ == State::numbers ? number_of(text, line)
                                               : kMissing);
  }
}

void TextColumn::add_text(std::string_view text, std::int64_t line) {
  const auto [known, is_new] = index_.try_emplace(text, texts_.size());
  values_.push_back(static_cast<float>(known->second));
  if (!is_new) return;
  texts_.push_back(text);
  lines_.push_back(line);
  if (texts_.size() > kMostTexts) give_texts_up();
}

float TextColumn::number_of(std::string_view text, std::int64_t line) {
  if (is_missing_answer(text)) return kMissing;
  const auto number = number_in(text, decimal_comma_);
  const float value = number ? static_cast<float>(*number) : kMissing;
  if (!std::isfinite(value)) {
    slips_.add(cat("line ", line, ": ", shown_quoted(text)));
    return kMissing;
  }
  return value;
}

// Nine of ten texts are numbers: the column is one of numbers with slips.
void TextColumn::give_texts_up() {
  const auto numbers = std::ranges::count_if(texts_, [&](auto text) {
    return is_missing_answer(text) || number_in(text, decimal_comma_);
  });
  const bool is_numbers =
      10 * static_cast<std::size_t>(numbers) >= 9 * texts_.size();
  state_ = is_numbers ? State::numbers : State::anything;
  std::vector<float> numbers_of_texts;
  for (std::size_t i = 0; i < texts_.size(); ++i) {
    numbers_of_texts.push_back(is_numbers ? number_of(texts_[i], lines_[i])
                                          : kMissing);
  }
  for (float& value : values_) {
    if (!std::isnan(value)) {
      value = numbers_of_texts[static_cast<std::size_t>(value)];
    }
  }
  index_ = {};
}

std::optional<UnusableColumn> TextColumn::what_is_wrong(
    const std::string& name) const {
  if (state_ == State::anything) {
    return UnusableColumn{
        name, cat("its cells hold more than ", kMostTexts,
                  " different texts, such as ", shown_quoted(texts_.front()),
                  ": neither classes nor numbers")};
  }
  if (state_ == State::numbers) {
    if (slips_.count() == 0) return {};
    return UnusableColumn{name, cat("expected numbers, found ", slips_.count(),
                                    slips_.count() == 1 ? " cell" : " cells",
                                    " with other text:", slips_.text())};
  }
  const auto odd = std::ranges::find_if_not(texts_, is_plain_text);
  if (odd == texts_.end()) return {};
  const auto at = static_cast<std::size_t>(odd - texts_.begin());
  return UnusableColumn{
      name, cat("line ", lines_[at], ": ", shown_quoted(*odd),
                " is not plain text in UTF-8; save the table as CSV in UTF-8, "
                "without line breaks in its cells")};
}

TextColumn::Meaning TextColumn::finish(const std::string& name) {
  Meaning meaning{.texts = {}, .unusable = what_is_wrong(name)};
  if (meaning.unusable || state_ == State::numbers) return meaning;
  std::vector<std::size_t> order(texts_.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::sort(order, comes_before,
                    [&](std::size_t i) { return texts_[i]; });
  std::vector<float> place(texts_.size());
  ColumnClasses texts{.column = name,
                      .names = {},
                      .as_written = true,
                      .decimal_comma = decimal_comma_};
  for (std::size_t i = 0; i < order.size(); ++i) {
    place[order[i]] = static_cast<float>(i);
    texts.names.emplace_back(texts_[order[i]]);
  }
  for (float& value : values_) {
    if (!std::isnan(value)) value = place[static_cast<std::size_t>(value)];
  }
  meaning.texts = std::move(texts);
  return meaning;
}

}  // namespace polytask
