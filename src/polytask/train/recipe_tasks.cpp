#include "polytask/train/recipe_tasks.h"

#include <algorithm>
#include <cmath>

#include "polytask/base/error.h"
#include "polytask/base/text.h"
#include "polytask/data/label_summary.h"
#include "polytask/task/prior.h"
#include "polytask/task/task_columns.h"

namespace polytask {
namespace {

// "objects" of the column "objects/car"; empty for a bare name.
std::string group_of(const std::string& column) {
  const std::size_t slash = column.find('/');
  return slash == std::string::npos ? "" : column.substr(0, slash);
}

const ColumnClasses* classes_of(const DatasetSpec& spec,
                                const std::string& column) {
  const auto found =
      std::ranges::find(spec.classes, column, &ColumnClasses::column);
  return found == spec.classes.end() ? nullptr : &*found;
}

// What follows the name of the group in its columns.
std::vector<std::string> members_of(const DatasetSpec& spec,
                                    const std::string& group) {
  std::vector<std::string> members;
  for (const std::string& column : spec.labels) {
    if (group_of(column) != group) continue;
    members.push_back(column.substr(group.size() + 1));
  }
  return members;
}

// "0", "1", ... up to the largest number in the column.
std::vector<std::string> numbered_classes(const Dataset& data,
                                          std::size_t column) {
  constexpr float kMostClasses = 10000.0f;
  std::vector<float> row(data.spec().labels.size());
  float largest = -1.0f;
  for (std::int64_t i = 0; i < data.size(); ++i) {
    data.read_targets(i, row);
    if (row[column] > largest) largest = row[column];
  }
  std::vector<std::string> classes;
  if (largest > kMostClasses) return classes;
  for (int c = 0; static_cast<float>(c) <= largest; ++c) {
    classes.push_back(cat(c));
  }
  return classes;
}

void complete_labels(Task& task, const Dataset& data, bool alone) {
  const DatasetSpec& spec = data.spec();
  if (task.kind == TaskKind::multilabel) {
    task.labels = members_of(spec, task.name);
    if (task.labels.empty() && alone) task.labels = spec.labels;
    return;
  }
  if (task.kind != TaskKind::categorical && task.kind != TaskKind::ordinal) {
    return;
  }
  const auto at = std::ranges::find(spec.labels, task.name);
  if (at == spec.labels.end()) return;
  const ColumnClasses* named = classes_of(spec, task.name);
  task.labels =
      named != nullptr
          ? named->names
          : numbered_classes(
                data, static_cast<std::size_t>(at - spec.labels.begin()));
}

// A group of columns is a multilabel task, a column with names of classes
// a categorical one; columns without either are labels where all are.
std::vector<Task> tasks_of(const Dataset& data) {
  const DatasetSpec& spec = data.spec();
  std::vector<Task> tasks;
  std::vector<std::string> unknown;
  for (const std::string& column : spec.labels) {
    const std::string group = group_of(column);
    if (const ColumnClasses* named = classes_of(spec, column)) {
      tasks.push_back(categorical(column, named->names));
    } else if (group.empty()) {
      unknown.push_back(column);
    } else if (std::ranges::find(tasks, group, &Task::name) == tasks.end()) {
      tasks.push_back(multilabel(group, members_of(spec, group)));
    }
  }
  if (unknown.empty()) return tasks;
  if (tasks.empty()) return {multilabel("labels", spec.labels)};
  throw Error(Fault::config,
              cat("tasks: the data has columns whose kind only you know: ",
                  join(unknown), "; name the tasks, e.g. tasks: {",
                  unknown.front(), ": {kind: regression}}"));
}

void add_unseen_classes(const Task& task, std::span<const double> prior,
                        std::vector<std::string>& warnings) {
  for (std::size_t c = 0; c < prior.size(); ++c) {
    if (prior[c] > 0.0) continue;
    warnings.push_back(cat("training part: class \"", task.labels[c],
                           "\" of task \"", task.name,
                           "\" never occurs; it cannot be learned; change "
                           "data.split.random_state"));
  }
}

void add_constants(const Task& task, std::span<const double> prior,
                   std::vector<std::string>& warnings) {
  constexpr std::size_t kDeviation = 1;
  for (std::size_t i = 0; 3 * i < prior.size(); ++i) {
    if (prior[3 * i + kDeviation] != 0.0) continue;
    warnings.push_back(cat("training part: \"", task.outputs()[i],
                           "\" of task \"", task.name, "\" is always ",
                           prior[3 * i], "; there is nothing to learn"));
  }
}

}  // namespace

void complete_tasks(std::vector<Task>& tasks, const Dataset& data) {
  if (tasks.empty()) tasks = tasks_of(data);
  for (Task& task : tasks) {
    if (task.labels.empty()) complete_labels(task, data, tasks.size() == 1);
  }
}

std::vector<std::string> task_warnings(const std::vector<Task>& tasks,
                                       const TrainData& data) {
  std::vector<std::string> warnings;
  std::vector<ColumnUse> labels;
  for (const ColumnUse& use : column_uses(tasks)) {
    if (use.kind == ColumnKind::label) labels.push_back(use);
  }
  if (!labels.empty() && data.validation) {
    warnings = split_warnings(*select_columns(data.train, labels),
                              *select_columns(data.validation, labels));
  }
  const std::vector<std::vector<double>> prior = prior_of(tasks, *data.train);
  for (std::size_t t = 0; t < tasks.size(); ++t) {
    if (tasks[t].kind == TaskKind::regression) {
      add_constants(tasks[t], prior[t], warnings);
    } else if (tasks[t].kind != TaskKind::multilabel &&
               tasks[t].kind != TaskKind::count) {
      add_unseen_classes(tasks[t], prior[t], warnings);
    }
  }
  return warnings;
}

}  // namespace polytask
