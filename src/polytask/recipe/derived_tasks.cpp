#include "polytask/recipe/derived_tasks.h"

#include <algorithm>
#include <unordered_set>
#include <utility>

#include "polytask/base/error.h"
#include "polytask/base/text.h"
#include "polytask/data/table/column_look.h"
#include "polytask/data/table/shown_text.h"

namespace polytask {
namespace {

constexpr int kMostClasses = 10000;  // that numbers alone may tell of

// "0", "1", ... up to the largest number in the column.
std::vector<std::string> numbered_classes(const Dataset& data,
                                          std::size_t column) {
  std::vector<float> row(data.spec().labels.size());
  float largest = -1.0f;
  for (std::int64_t i = 0; i < data.size(); ++i) {
    data.read_targets(i, row);
    if (row[column] > largest) largest = row[column];
  }
  std::vector<std::string> classes;
  if (largest >= static_cast<float>(kMostClasses)) return classes;
  for (int c = 0; static_cast<float>(c) <= largest; ++c) {
    classes.push_back(cat(c));
  }
  return classes;
}

class Derivation {
 public:
  explicit Derivation(const Dataset& data)
      : data_(data), spec_(data.spec()), looks_(looks_of(data)) {}

  std::vector<Task> tasks() {
    std::vector<std::string> labels;
    for (std::size_t c = 0; c < spec_.labels.size(); ++c) {
      const std::string& column = spec_.labels[c];
      if (const std::string group = group_of(column); !group.empty()) {
        if (groups_.insert(group).second) add_group(group);
      } else if (looks_[c].looks == Looks::labels) {
        labels.push_back(column);
      } else {
        add_column(c);
      }
    }
    if (!labels.empty()) add_labels(std::move(labels));
    return std::move(tasks_);
  }

  // What was derived where another choice was possible; else "".
  [[nodiscard]] std::string note() const {
    if (!guessed_) return "";
    return cat(
        "the recipe names no tasks; the data has these (write them into "
        "the recipe to change one, or to leave it out):",
        bullet_list(found_));
  }

  [[nodiscard]] std::string left_out() const { return join(left_out_); }

 private:
  void add(Task task, const std::string& text) {
    found_.push_back(cat(task.name, ": ", text));
    tasks_.push_back(std::move(task));
  }

  void add_column(std::size_t c) {
    const std::string& name = spec_.labels[c];
    const ColumnLook& look = looks_[c];
    const bool named =
        std::ranges::any_of(spec_.classes, [&](const auto& known) {
          return known.column == name && !known.as_written;
        });
    guessed_ = guessed_ || !named;
    if (look.looks == Looks::numbers) {
      return add(regression(name), cat("regression, numbers from ",
                                       static_cast<float>(look.least), " to ",
                                       static_cast<float>(look.largest)));
    }
    std::vector<std::string> classes;
    if (look.looks == Looks::classes) classes = classes_of_column(data_, c);
    if (classes.size() < 2) {
      left_out_.push_back(name);
      found_.push_back(cat(name, ": left out, ",
                           classes.size() == 1
                               ? cat("all its cells are ", classes.front())
                               : "nearly every cell differs"));
      return;
    }
    const std::string text =
        cat("categorical, ", classes.size(), " classes: ", listed(classes));
    add(categorical(name, std::move(classes)), text);
  }

  void add_group(const std::string& group) {
    bool labels = true;
    bool numbers = true;
    for (std::size_t c = 0; c < spec_.labels.size(); ++c) {
      if (group_of(spec_.labels[c]) != group) continue;
      const bool is_label = looks_[c].looks == Looks::labels;
      labels = labels && is_label;
      numbers = numbers && (is_label || looks_[c].looks == Looks::numbers);
    }
    const std::vector<std::string> members = members_of(spec_, group);
    if (labels || !numbers) {
      return add(multilabel(group, members),
                 cat("multilabel, ", listed(members)));
    }
    guessed_ = true;
    add(regression(group, members), cat("regression, ", listed(members)));
  }

  // A name that no column and no group has.
  void add_labels(std::vector<std::string> labels) {
    std::string name = "labels";
    while (std::ranges::count(tasks_, name, &Task::name) > 0) name += '_';
    const std::string text = cat("multilabel, ", listed(labels));
    add(multilabel(name, std::move(labels)), text);
  }

  const Dataset& data_;
  const DatasetSpec& spec_;
  std::vector<ColumnLook> looks_;
  std::vector<Task> tasks_;
  std::vector<std::string> found_;
  std::vector<std::string> left_out_;
  std::unordered_set<std::string> groups_;
  bool guessed_ = false;
};

}  // namespace

std::string group_of(const std::string& column) {
  const std::size_t slash = column.find('/');
  return slash == std::string::npos ? "" : column.substr(0, slash);
}

std::vector<std::string> members_of(const DatasetSpec& spec,
                                    const std::string& group) {
  std::vector<std::string> members;
  for (const std::string& column : spec.labels) {
    if (group_of(column) != group) continue;
    members.push_back(column.substr(group.size() + 1));
  }
  return members;
}

std::vector<std::string> classes_of_column(const Dataset& data,
                                           std::size_t column) {
  const DatasetSpec& spec = data.spec();
  const auto named = std::ranges::find(spec.classes, spec.labels[column],
                                       &ColumnClasses::column);
  if (named == spec.classes.end()) return numbered_classes(data, column);
  return named->as_written ? classes_in(*named) : named->names;
}

std::vector<Task> derived_tasks(const Dataset& data,
                                std::vector<std::string>& notes) {
  Derivation derivation(data);
  std::vector<Task> tasks = derivation.tasks();
  if (tasks.empty()) {
    throw Error(
        Fault::config,
        cat("tasks: the recipe names none, and the data has no column "
            "that looks like labels, classes or numbers",
            data.spec().labels.empty() ? ""
                                       : cat(", only ", derivation.left_out()),
            "; name the tasks, e.g. tasks: {weather: {kind: "
            "categorical}}"));
  }
  std::string note = derivation.note();
  if (!note.empty()) notes.push_back(std::move(note));
  return tasks;
}

}  // namespace polytask
