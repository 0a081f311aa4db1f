#include "polytask/data/columns.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>
#include <optional>
#include <utility>

#include "polytask/base/error.h"
#include "polytask/base/text.h"
#include "polytask/data/label_names.h"
#include "polytask/data/problem_list.h"

namespace polytask {
namespace {

constexpr float kMissing = std::numeric_limits<float>::quiet_NaN();

// A column of the view: where it comes from, and what becomes of a value.
struct Column {
  std::size_t source = 0;
  std::string full_name;  // "task/member" or "task"
  ColumnKind kind = ColumnKind::label;
  int classes = 0;
  // For each class of the data its number here, -1 where it is unknown here;
  // empty: the same numbers.
  std::vector<int> renumbered;
};

std::vector<std::string> wanted_names(const ColumnUse& use, std::size_t i) {
  if (use.members.empty()) return {use.task};
  return {cat(use.task, '/', use.members[i]), use.members[i]};
}

std::size_t width(const ColumnUse& use) {
  return std::max<std::size_t>(1, use.members.size());
}

std::optional<std::size_t> find_column(const DatasetSpec& spec,
                                       const std::vector<std::string>& names) {
  for (const std::string& name : names) {
    const auto found = std::ranges::find(spec.labels, name);
    if (found == spec.labels.end()) continue;
    return static_cast<std::size_t>(found - spec.labels.begin());
  }
  return std::nullopt;
}

const ColumnClasses* classes_of(const DatasetSpec& spec, std::size_t column) {
  const auto found = std::ranges::find(spec.classes, spec.labels[column],
                                       &ColumnClasses::column);
  return found == spec.classes.end() ? nullptr : &*found;
}

std::vector<int> renumbered(const std::vector<std::string>& from,
                            const std::vector<std::string>& to) {
  std::vector<int> numbers;
  for (const std::string& name : from) {
    const auto at = std::ranges::find(to, name);
    numbers.push_back(at == to.end() ? -1 : static_cast<int>(at - to.begin()));
  }
  return numbers;
}

bool by_position(const DatasetSpec& spec, const std::vector<ColumnUse>& uses) {
  return uses.size() == 1 && spec.labels.size() == width(uses.front()) &&
         spec.labels == default_label_names(spec.labels.size());
}

Column make_column(const DatasetSpec& spec, const ColumnUse& use,
                   std::size_t member, std::size_t source) {
  Column column{.source = source,
                .full_name = wanted_names(use, member).front(),
                .kind = use.kind,
                .classes = static_cast<int>(use.classes.size())};
  const ColumnClasses* named = classes_of(spec, source);
  if (named != nullptr && use.kind == ColumnKind::class_number) {
    column.renumbered = renumbered(named->names, use.classes);
  }
  return column;
}

bool is_number(const std::string& text) {
  double value = 0.0;
  const char* const end = text.data() + text.size();
  const auto [stopped, fault] = std::from_chars(text.data(), end, value);
  return fault == std::errc() && stopped == end && std::isfinite(value);
}

// Where the words of a column would be taken for the numbers of classes, the
// first of them; else nothing. One word makes a column one of classes, which
// a table of numbers with a slip in it is not.
std::optional<std::string> word_in(const DatasetSpec& spec,
                                   const ColumnUse& use, std::size_t source) {
  const ColumnClasses* named = classes_of(spec, source);
  if (named == nullptr || use.kind == ColumnKind::class_number) return {};
  const auto word = std::ranges::find_if_not(named->names, is_number);
  return word == named->names.end() ? named->names.front() : *word;
}

std::vector<Column> find_columns(const DatasetSpec& spec,
                                 const std::vector<ColumnUse>& uses) {
  std::vector<Column> columns;
  ProblemList absent;
  const bool nameless = by_position(spec, uses);
  for (const ColumnUse& use : uses) {
    std::vector<std::string> lacking;
    for (std::size_t i = 0; i < width(use); ++i) {
      const auto source =
          nameless ? std::optional(i) : find_column(spec, wanted_names(use, i));
      if (source) {
        columns.push_back(make_column(spec, use, i, *source));
        if (const auto word = word_in(spec, use, *source)) {
          absent.add(cat("task ", use.task, ": column ", spec.labels[*source],
                         ": expected numbers, found names of classes, such as "
                         "\"",
                         *word, '"'));
        }
      } else {
        lacking.push_back(use.members.empty() ? use.task : use.members[i]);
      }
    }
    if (lacking.empty()) continue;
    const std::string close = nearest(lacking.front(), spec.labels);
    absent.add(cat("task ", use.task, ": no column ", join(lacking),
                   close.empty() ? "" : "; did you mean \"" + close + "\"?"));
  }
  if (absent.count() == 0) return columns;
  throw Error(Fault::data,
              cat("the data does not answer every task; it has ",
                  spec.labels.empty() ? "no columns of answers"
                                      : "the columns " + join(spec.labels),
                  ":", absent.text()));
}

// The value a cell has in the view; nothing when it may not be there.
std::optional<float> value_of(float cell, const Column& column) {
  if (std::isnan(cell)) return kMissing;
  if (column.kind == ColumnKind::number) {
    return std::isfinite(cell) ? std::optional(cell) : std::nullopt;
  }
  if (cell < 0.0f) return kMissing;
  if (cell != std::floor(cell) || !std::isfinite(cell)) return std::nullopt;
  if (column.kind == ColumnKind::count) return cell;
  if (column.kind == ColumnKind::label) {
    return cell <= 1.0f ? std::optional(cell) : std::nullopt;
  }
  if (column.renumbered.empty()) {
    return cell < static_cast<float>(column.classes) ? std::optional(cell)
                                                     : std::nullopt;
  }
  if (cell >= static_cast<float>(column.renumbered.size())) return std::nullopt;
  const int number = column.renumbered[static_cast<std::size_t>(cell)];
  return number < 0 ? std::nullopt : std::optional(static_cast<float>(number));
}

std::string expected(const Column& column) {
  switch (column.kind) {
    case ColumnKind::label:
      return "0, 1 or missing";
    case ColumnKind::class_number:
      return cat("the number of one of ", column.classes, " classes, 0 to ",
                 column.classes - 1, ", or missing");
    case ColumnKind::count:
      return "a whole number >= 0 or missing";
    case ColumnKind::number:
      return "a finite number or missing";
  }
  return "";
}

std::string shown(float cell, const ColumnClasses* named) {
  const bool has_name = named != nullptr && cell >= 0.0f &&
                        cell < static_cast<float>(named->names.size());
  if (!has_name) return cat(cell);
  return cat('"', named->names[static_cast<std::size_t>(cell)], '"');
}

class Selection final : public Dataset {
 public:
  Selection(DatasetPtr data, std::vector<Column> columns, ColumnNames names)
      : data_(std::move(data)),
        columns_(std::move(columns)),
        spec_(data_->spec()) {
    spec_.labels.clear();
    spec_.classes.clear();
    for (const Column& column : columns_) {
      spec_.labels.push_back(names == ColumnNames::full
                                 ? column.full_name
                                 : data_->spec().labels[column.source]);
    }
    require_values();
  }

  [[nodiscard]] const DatasetSpec& spec() const override { return spec_; }
  [[nodiscard]] std::int64_t size() const override { return data_->size(); }
  void read_image(std::int64_t index,
                  std::span<std::byte> image) const override {
    data_->read_image(index, image);
  }
  void read_targets(std::int64_t index,
                    std::span<float> targets) const override {
    const auto row =
        targets_.begin() + index * static_cast<std::ptrdiff_t>(columns_.size());
    std::copy_n(row, columns_.size(), targets.begin());
  }
  [[nodiscard]] std::string image_name(std::int64_t index) const override {
    return data_->image_name(index);
  }

 private:
  void require_values() {
    const DatasetSpec& from = data_->spec();
    ProblemList wrong;
    std::vector<float> row(from.labels.size());
    targets_.reserve(static_cast<std::size_t>(size()) * columns_.size());
    for (std::int64_t i = 0; i < size(); ++i) {
      data_->read_targets(i, row);
      for (const Column& column : columns_) {
        const float cell = row[column.source];
        const std::optional<float> value = value_of(cell, column);
        targets_.push_back(value.value_or(kMissing));
        if (value) continue;
        wrong.add(cat(image_name(i), ", column ", from.labels[column.source],
                      ": expected ", expected(column), ", found ",
                      shown(cell, classes_of(from, column.source))));
      }
    }
    if (wrong.count() == 0) return;
    throw Error(Fault::data, cat("the data and the tasks do not fit; correct ",
                                 "the cells or the task:", wrong.text()));
  }

  DatasetPtr data_;
  std::vector<Column> columns_;
  DatasetSpec spec_;
  std::vector<float> targets_;  // [N, columns]
};

}  // namespace

DatasetPtr select_columns(const DatasetPtr& data,
                          const std::vector<ColumnUse>& uses,
                          ColumnNames names) {
  return std::make_shared<Selection>(data, find_columns(data->spec(), uses),
                                     names);
}

bool has_column(const DatasetSpec& data, const ColumnUse& use) {
  for (std::size_t i = 0; i < width(use); ++i) {
    if (find_column(data, wanted_names(use, i))) return true;
  }
  return false;
}

}  // namespace polytask
