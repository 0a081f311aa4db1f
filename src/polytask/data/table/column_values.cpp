#include "polytask/data/table/column_values.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "polytask/base/decomposed.h"
#include "polytask/base/text.h"
#include "polytask/data/table/cell_text.h"
#include "polytask/data/table/shown_text.h"

namespace polytask {
namespace {

constexpr float kMissing = std::numeric_limits<float>::quiet_NaN();

const ColumnClasses* classes_of(const DatasetSpec& data, std::size_t column) {
  const auto found = std::ranges::find(data.classes, data.labels[column],
                                       &ColumnClasses::column);
  return found == data.classes.end() ? nullptr : &*found;
}

// Why a column that names its classes has none of these answers; "" when they
// are what is asked for.
std::string word_among_numbers(const ColumnClasses& found, ColumnKind kind) {
  if (found.as_written || kind == ColumnKind::class_number) return "";
  const auto word = std::ranges::find_if(
      found.names, [](const std::string& name) { return !number_in(name); });
  return cat(
      "expected numbers, found names of classes, such as ",
      shown_quoted(word == found.names.end() ? found.names.front() : *word));
}

bool is_whole(double number) { return number == std::floor(number); }

}  // namespace

ColumnValues::ColumnValues(const DatasetSpec& data, std::size_t source,
                           const ColumnUse& use)
    : kind_(use.kind),
      classes_(use.classes),
      found_(classes_of(data, source)),
      minus_one_(kMissing) {
  const auto unusable = std::ranges::find(data.unusable, data.labels[source],
                                          &UnusableColumn::column);
  if (unusable != data.unusable.end()) {
    refusal_ = unusable->reason;
  } else if (found_ != nullptr) {
    refusal_ = word_among_numbers(*found_, kind_);
  }
  if (kind_ == ColumnKind::class_number) choose_way_of_classes();
  if (found_ == nullptr) return;
  for (const std::string& text : found_->names) {
    meanings_.push_back({value_of_text(text), sign_of_text(text)});
  }
}

// Names that are numbers are compared with the data's; other names stand for
// 0, 1, 2, ... where the data has numbers and none of the names.
void ColumnValues::choose_way_of_classes() {
  for (std::size_t c = 0; c < classes_.size(); ++c) {
    const auto index = static_cast<float>(c);
    by_name_.try_emplace(decomposed(classes_[c]), index);
    const auto number = number_in(classes_[c]);
    if (!number) continue;
    const auto [at, is_new] = by_number_.try_emplace(*number, index);
    if (!is_new) at->second = -1.0f;
  }
  const bool as_written = found_ == nullptr || found_->as_written;
  if (!by_number_.empty() || !as_written) {
    by_position_ = false;
  } else {
    by_position_ =
        found_ == nullptr ||
        std::ranges::all_of(found_->names, [&](const std::string& text) {
          return !by_name_.contains(decomposed(text)) &&
                 (is_missing_class(text) ||
                  number_in(text, found_->decimal_comma));
        });
  }
  if (found_ == nullptr) return;
  for (const std::string& text : found_->names) {
    const auto number = number_in(text, found_->decimal_comma);
    if (number) ++texts_by_number_[*number];
  }
}

ColumnValues::Value ColumnValues::class_of_text(const std::string& text) const {
  const auto named = by_name_.find(decomposed(text));
  if (named != by_name_.end()) return named->second;
  if (!found_->as_written) return std::nullopt;
  const auto number = number_in(text, found_->decimal_comma);
  if (is_missing_class(text) || number == -1.0) return kMissing;
  if (!number) return std::nullopt;
  // 1.0 is the class "1", unless 1, 01 or 1.00 stand in the column as well.
  if (!by_position_ && texts_by_number_.at(*number) > 1) return std::nullopt;
  return class_of_number(*number);
}

ColumnValues::Value ColumnValues::class_of_number(double number) const {
  if (by_position_) {
    if (number < 0.0) return kMissing;
    const bool is_class =
        is_whole(number) && number < static_cast<double>(classes_.size());
    return is_class ? Value(static_cast<float>(number)) : std::nullopt;
  }
  const auto named = by_number_.find(number);
  if (named == by_number_.end()) {
    return number < 0.0 ? Value(kMissing) : std::nullopt;
  }
  return named->second < 0.0f ? std::nullopt : Value(named->second);
}

ColumnValues::Value ColumnValues::value_of_number(double number) const {
  const auto narrow = static_cast<float>(number);
  switch (kind_) {
    case ColumnKind::label:
      if (number == -1.0) return minus_one_;
      return number == 0.0 || number == 1.0 ? Value(narrow + 0.0f)
                                            : std::nullopt;
    case ColumnKind::class_number:
      return class_of_number(number);
    case ColumnKind::count:
      if (number < 0.0) return kMissing;
      break;
    case ColumnKind::number:
      break;
  }
  const bool fits = std::isfinite(narrow) &&
                    (kind_ == ColumnKind::number || is_whole(number));
  return fits ? Value(narrow) : std::nullopt;
}

ColumnValues::Value ColumnValues::value_of_text(const std::string& text) const {
  if (kind_ == ColumnKind::class_number) return class_of_text(text);
  if (is_missing_answer(text)) return kMissing;
  if (kind_ == ColumnKind::label) {
    if (const auto answer = yes_or_no_in(text)) return *answer ? 1.0f : 0.0f;
  }
  const auto number = number_in(text, found_->decimal_comma);
  return number ? value_of_number(*number) : std::nullopt;
}

Sign ColumnValues::sign_of_text(const std::string& text) const {
  if (kind_ == ColumnKind::class_number &&
      by_name_.contains(decomposed(text))) {
    return Sign::other;
  }
  if (number_in(text) == -1.0) return Sign::minus_one;
  if (is_missing_answer(text)) return Sign::missing;
  const auto answer = yes_or_no_in(text);
  if (!answer) return Sign::other;
  return *answer ? Sign::one : Sign::zero;
}

const ColumnValues::Meaning* ColumnValues::meaning_of(float cell) const {
  const bool known =
      cell >= 0.0f && cell < static_cast<float>(meanings_.size());
  return known ? &meanings_[static_cast<std::size_t>(cell)] : nullptr;
}

std::optional<float> ColumnValues::value_of(float cell) const {
  if (std::isnan(cell)) return kMissing;
  if (const Meaning* meaning = meaning_of(cell)) {
    const bool is_label = kind_ == ColumnKind::label;
    return is_label && meaning->sign == Sign::minus_one ? minus_one_
                                                        : meaning->value;
  }
  if (found_ == nullptr) return value_of_number(cell);
  // The number of a class that has no name: below 0 it is missing.
  return cell < 0.0f ? Value(kMissing) : std::nullopt;
}

Sign ColumnValues::sign_of(float cell) const {
  if (std::isnan(cell)) return Sign::missing;
  if (const Meaning* meaning = meaning_of(cell)) return meaning->sign;
  if (cell == -1.0f) {
    return by_number_.contains(-1.0) ? Sign::other : Sign::minus_one;
  }
  if (cell == 0.0f) return Sign::zero;
  return cell == 1.0f ? Sign::one : Sign::other;
}

bool ColumnValues::is_missing_word(float cell) const {
  const Meaning* meaning =
      kind_ == ColumnKind::class_number ? meaning_of(cell) : nullptr;
  return meaning != nullptr && meaning->value && std::isnan(*meaning->value);
}

std::string ColumnValues::text_of(float cell) const {
  if (meaning_of(cell) == nullptr) return cat(cell);
  return found_->names[static_cast<std::size_t>(cell)];
}

std::string ColumnValues::expected() const {
  switch (kind_) {
    case ColumnKind::label:
      return "0, 1 or missing";
    case ColumnKind::class_number:
      if (by_position_) {
        return cat("the number of one of ", classes_.size(), " classes, 0 to ",
                   classes_.size() - 1, ", or missing");
      }
      return cat("one of the classes ", listed(classes_), ", or missing");
    case ColumnKind::count:
      return "a whole number >= 0 or missing";
    case ColumnKind::number:
      return "a finite number or missing";
  }
  return "";
}

std::string ColumnValues::problem(float cell) const {
  const std::string found = text_of(cell);
  const bool is_word = meaning_of(cell) != nullptr;
  const std::string close = is_word && kind_ == ColumnKind::class_number
                                ? nearest(found, classes_)
                                : "";
  return cat(
      "expected ", expected(), ", found ",
      is_word ? shown_quoted(found) : found,
      close.empty() ? "" : cat("; did you mean ", shown_quoted(close), "?"));
}

}  // namespace polytask
