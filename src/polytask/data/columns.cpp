#include "polytask/data/columns.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <optional>
#include <set>
#include <tuple>
#include <utility>

#include "polytask/base/error.h"
#include "polytask/base/text.h"
#include "polytask/data/problem_list.h"
#include "polytask/data/table/column_search.h"
#include "polytask/data/table/column_values.h"
#include "polytask/data/table/shown_text.h"

namespace polytask {
namespace {

constexpr float kMissing = std::numeric_limits<float>::quiet_NaN();

// A column of the view: where it comes from, and what becomes of its cells.
struct Column {
  std::size_t source = 0;
  std::string task;
  std::string full_name;
  ColumnKind kind = ColumnKind::label;
  ColumnValues values;
};

using Notes = std::vector<std::string>;

std::string position_note(const ColumnUse& use) {
  return cat("task ", use.task, ": the data does not name its columns; in ",
             "their order they are taken as ",
             listed(use.members.empty() ? Notes{use.task} : use.members));
}

std::string class_note(const ColumnUse& use) {
  Notes named;
  for (std::size_t c = 0; c < use.classes.size(); ++c) {
    named.push_back(cat(c, " is ", use.classes[c]));
  }
  return cat("task ", use.task,
             ": the data numbers its classes and does not name them; ",
             listed(named));
}

std::vector<Column> find_columns(const DatasetSpec& spec,
                                 const std::vector<ColumnUse>& uses,
                                 Notes& notes) {
  std::vector<Column> columns;
  ProblemList absent;
  const ColumnSearch search(spec, uses.size() == 1);
  for (const ColumnUse& use : uses) {
    const auto found = search.find(use);
    for (std::size_t i = 0; i < found.size(); ++i) {
      if (!found[i]) continue;
      columns.push_back({.source = *found[i],
                         .task = use.task,
                         .full_name = full_name(use, i),
                         .kind = use.kind,
                         .values = ColumnValues(spec, *found[i], use)});
      const ColumnValues& values = columns.back().values;
      if (values.refusal().empty()) continue;
      absent.add(cat("task ", use.task, ": column ", spec.labels[*found[i]],
                     ": ", values.refusal()));
    }
    const std::string problem = search.problem(use, found);
    if (!problem.empty()) {
      absent.add(problem);
    } else if (search.by_position(use)) {
      notes.push_back(position_note(use));
    }
    if (problem.empty() && columns.back().values.numbers_are_positions()) {
      notes.push_back(class_note(use));
    }
  }
  if (absent.count() == 0) return columns;
  throw Error(Fault::data,
              cat("the data does not answer every task; it has ",
                  spec.labels.empty() ? "no columns of answers"
                                      : "the columns " + listed(spec.labels),
                  ":", absent.text()));
}

// A column with 1 and -1 and nothing else, where no other label shows what -1
// means by having a 0 as well.
class MinusOneSearch {
 public:
  explicit MinusOneSearch(const std::vector<Column>& columns)
      : columns_(columns), signs_(columns.size()) {}

  void add(std::size_t column, float cell) {
    const ColumnKind kind = columns_[column].kind;
    if (kind != ColumnKind::label && kind != ColumnKind::class_number) return;
    signs_[column].insert(columns_[column].values.sign_of(cell));
  }

  // Throws Fault::data unless it is clear.
  void require_clear(const DatasetSpec& spec) const {
    Notes labels;
    Notes classes;
    for (std::size_t c = 0; c < columns_.size(); ++c) {
      const auto has = [&](Sign sign) { return signs_[c].contains(sign); };
      if (!has(Sign::minus_one)) continue;
      const bool is_label = columns_[c].kind == ColumnKind::label;
      if (has(Sign::zero) && is_label) return;
      if (has(Sign::zero) || !has(Sign::one) || has(Sign::other)) continue;
      (is_label ? labels : classes).push_back(spec.labels[columns_[c].source]);
    }
    if (!labels.empty()) refuse_labels(labels);
    if (!classes.empty()) refuse_classes(classes);
  }

 private:
  [[noreturn]] static void refuse_labels(const Notes& names) {
    throw Error(
        Fault::data,
        cat("-1 may be a no or a missing answer: there are only 1 and -1, and "
            "no 0, in ",
            listed(names), "; say which with one of these lines:",
            "\n  data.minus_one: no        (-1 is a no)",
            "\n  data.minus_one: missing   (-1 is not known)"));
  }
  [[noreturn]] static void refuse_classes(const Notes& names) {
    throw Error(
        Fault::data,
        cat("-1 may be a class or a missing answer: there are only 1 and -1 "
            "in ",
            listed(names),
            "; name the classes, labels: [\"-1\", \"1\"], or "
            "say that it is missing, data.minus_one: missing"));
  }

  const std::vector<Column>& columns_;
  std::vector<std::set<Sign>> signs_;
};

class Selection final : public Dataset {
 public:
  Selection(DatasetPtr data, std::vector<Column> columns, ColumnNames names,
            Notes& notes)
      : data_(std::move(data)),
        columns_(std::move(columns)),
        spec_(data_->spec()) {
    spec_.labels.clear();
    spec_.classes.clear();
    spec_.unusable.clear();
    spec_.minus_one = MinusOne::missing;
    for (const Column& column : columns_) {
      spec_.labels.push_back(names == ColumnNames::full
                                 ? column.full_name
                                 : data_->spec().labels[column.source]);
      if (column.values.classes().empty()) continue;
      spec_.classes.push_back(
          {.column = spec_.labels.back(), .names = column.values.classes()});
    }
    read_cells();
    say_what_is_missing(notes);
    turn_cells_into_values();
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
  void read_cells() {
    MinusOneSearch minus_one(columns_);
    std::vector<float> row(data_->spec().labels.size());
    targets_.reserve(static_cast<std::size_t>(size()) * columns_.size());
    for (std::int64_t i = 0; i < size(); ++i) {
      data_->read_targets(i, row);
      for (std::size_t c = 0; c < columns_.size(); ++c) {
        targets_.push_back(row[columns_[c].source]);
        minus_one.add(c, targets_.back());
      }
    }
    const MinusOne meaning = data_->spec().minus_one;
    if (meaning == MinusOne::ask) minus_one.require_clear(data_->spec());
    if (meaning != MinusOne::no) return;
    for (Column& column : columns_) {
      if (column.kind == ColumnKind::label) {
        column.values.take_minus_one_for_no();
      }
    }
  }

  void say_what_is_missing(Notes& notes) const {
    std::map<std::pair<std::size_t, float>, std::int64_t> words;
    for (std::size_t i = 0; i < targets_.size(); ++i) {
      const std::size_t c = i % columns_.size();
      const ColumnValues& values = columns_[c].values;
      if (values.is_missing_word(targets_[i])) ++words[{c, targets_[i]}];
    }
    for (const auto& [cell, count] : words) {
      const auto& [task, values] =
          std::tie(columns_[cell.first].task, columns_[cell.first].values);
      notes.push_back(cat(
          "task ", task, ": ", count, count == 1 ? " cell" : " cells", " \"",
          values.text_of(cell.second), "\" ", count == 1 ? "is" : "are",
          " taken as missing; if it "
          "is a class, name it in tasks.",
          task, ".labels"));
    }
  }

  void turn_cells_into_values() {
    ProblemList wrong;
    for (std::size_t i = 0; i < targets_.size(); ++i) {
      const Column& column = columns_[i % columns_.size()];
      const float cell = targets_[i];
      const std::optional<float> value = column.values.value_of(cell);
      targets_[i] = value.value_or(kMissing);
      if (value) continue;
      const auto image = static_cast<std::int64_t>(i / columns_.size());
      wrong.add(cat(image_name(image), ", column ",
                    data_->spec().labels[column.source], ": ",
                    column.values.problem(cell)));
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
                          const std::vector<ColumnUse>& uses, ColumnNames names,
                          std::vector<std::string>* notes) {
  Notes said;
  std::vector<Column> columns = find_columns(data->spec(), uses, said);
  auto view =
      std::make_shared<Selection>(data, std::move(columns), names, said);
  if (notes != nullptr) {
    notes->insert(notes->end(), said.begin(), said.end());
  }
  return view;
}

bool has_column(const DatasetSpec& data, const ColumnUse& use) {
  const auto found = ColumnSearch(data, false).find(use);
  return std::ranges::any_of(found, [](const auto& at) { return !!at; });
}

}  // namespace polytask
