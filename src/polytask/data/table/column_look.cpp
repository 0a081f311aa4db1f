#include "polytask/data/table/column_look.h"

#include <algorithm>
#include <cmath>
#include <set>

#include "polytask/data/table/cell_text.h"

namespace polytask {
namespace {

constexpr std::size_t kMostNumberedClasses = 20;
constexpr std::size_t kMostClasses = 1000;

// "007" is a name, not a number.
bool starts_with_zeros(std::string_view text) {
  return text.size() > 1 && text[0] == '0' && text[1] >= '0' && text[1] <= '9';
}

// Counts the cells of one column.
class Tally {
 public:
  explicit Tally(const ColumnClasses* found) : found_(found) {
    const bool has_texts = found != nullptr && found->as_written;
    if (has_texts) counts_.resize(found->names.size());
  }

  void add(float cell) {
    if (std::isnan(cell)) return;
    if (!counts_.empty()) {
      ++counts_[static_cast<std::size_t>(cell)];
    } else {
      add_number(cell, 1);
    }
  }

  [[nodiscard]] ColumnLook look() {
    for (std::size_t i = 0; i < counts_.size(); ++i) {
      add_text(found_->names[i], counts_[i]);
    }
    ColumnLook look{.looks = looks(),
                    .observed = observed_,
                    .kinds = kinds(),
                    .least = least_,
                    .largest = largest_};
    return look;
  }

 private:
  void add_text(const std::string& text, std::int64_t count) {
    const auto number = number_in(text, found_->decimal_comma);
    if (count == 0 || is_missing_class(text) || number == -1.0) return;
    if (number && !starts_with_zeros(text)) return add_number(*number, count);
    observed_ += count;
    labels_ += yes_or_no_in(text) ? count : 0;
    ++words_;
  }

  void add_number(double number, std::int64_t count) {
    if (number == -1.0) return;
    if (numbers_ == 0) least_ = largest_ = number;
    observed_ += count;
    numbers_ += count;
    labels_ += number == 0.0 || number == 1.0 ? count : 0;
    least_ = std::min(least_, number);
    largest_ = std::max(largest_, number);
    whole_ = whole_ && number >= 0.0 && number == std::floor(number);
    if (few_.size() <= kMostNumberedClasses) few_.insert(number);
    different_ += counts_.empty() ? 0 : 1;
  }

  [[nodiscard]] std::size_t kinds() const {
    return words_ + std::max(few_.size(), different_);
  }

  [[nodiscard]] bool mostly(std::int64_t some) const {
    return 10 * some >= 9 * observed_;
  }

  [[nodiscard]] Looks looks() const {
    if (mostly(labels_)) return Looks::labels;
    const bool few = few_.size() <= kMostNumberedClasses;
    if (mostly(numbers_))
      return whole_ && few ? Looks::classes : Looks::numbers;
    const bool all_differ = static_cast<std::int64_t>(kinds()) == observed_;
    return all_differ || kinds() > kMostClasses ? Looks::nothing
                                                : Looks::classes;
  }

  const ColumnClasses* found_;
  std::vector<std::int64_t> counts_;  // of texts
  std::int64_t observed_ = 0;
  std::int64_t labels_ = 0;
  std::int64_t numbers_ = 0;
  std::size_t words_ = 0;      // texts that are no numbers
  std::size_t different_ = 0;  // texts that are numbers
  std::set<double> few_;       // different numbers, at most one too many
  bool whole_ = true;
  double least_ = 0.0;
  double largest_ = 0.0;
};

const ColumnClasses* classes_of(const DatasetSpec& spec,
                                const std::string& column) {
  const auto found =
      std::ranges::find(spec.classes, column, &ColumnClasses::column);
  return found == spec.classes.end() ? nullptr : &*found;
}

}  // namespace

std::vector<ColumnLook> looks_of(const Dataset& data) {
  const DatasetSpec& spec = data.spec();
  std::vector<Tally> tallies;
  for (const std::string& column : spec.labels) {
    tallies.emplace_back(classes_of(spec, column));
  }
  std::vector<float> row(spec.labels.size());
  for (std::int64_t i = 0; i < data.size(); ++i) {
    data.read_targets(i, row);
    for (std::size_t c = 0; c < row.size(); ++c) tallies[c].add(row[c]);
  }
  std::vector<ColumnLook> looks;
  for (std::size_t c = 0; c < tallies.size(); ++c) {
    looks.push_back(tallies[c].look());
    const std::string& column = spec.labels[c];
    const ColumnClasses* found = classes_of(spec, column);
    if (found != nullptr && !found->as_written) {
      looks.back().looks = Looks::classes;
    }
    const bool unusable = std::ranges::any_of(
        spec.unusable, [&](const auto& u) { return u.column == column; });
    if (unusable) looks.back().looks = Looks::nothing;
  }
  return looks;
}

std::vector<std::string> classes_in(const ColumnClasses& texts) {
  std::vector<std::string> classes;
  for (const std::string& text : texts.names) {
    const bool missing =
        is_missing_class(text) || number_in(text, texts.decimal_comma) == -1.0;
    if (!missing) classes.push_back(text);
  }
  return classes;
}

}  // namespace polytask
