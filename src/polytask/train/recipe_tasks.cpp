#include "polytask/train/recipe_tasks.h"

#include <algorithm>
#include <cmath>

#include "polytask/base/error.h"
#include "polytask/base/text.h"
#include "polytask/data/label_summary.h"
#include "polytask/task/prior.h"
#include "polytask/task/task_columns.h"
#include "polytask/task/weighting_settings.h"

namespace polytask {
namespace {

constexpr int kMostClasses = 10000;  // that numbers alone may tell of

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

// The names of columns and of groups of columns.
std::vector<std::string> questions_of(const DatasetSpec& spec) {
  std::vector<std::string> names;
  for (const std::string& column : spec.labels) {
    const std::string group = group_of(column);
    const std::string& name = group.empty() ? column : group;
    if (std::ranges::count(names, name) == 0) names.push_back(name);
  }
  return names;
}

// Why the data does not say the labels of a task.
std::string not_in_data(const Task& task, const DatasetSpec& spec,
                        const char* what) {
  const std::vector<std::string> names = questions_of(spec);
  const std::string close = nearest(task.name, names);
  return cat("tasks.", task.name, ": the data has no ", what, " of that name",
             close.empty()
                 ? cat(", only ", join(names), "; correct it, or name its ",
                       "labels in the recipe")
                 : cat("; did you mean \"", close, "\"?"));
}

// Adds what keeps the labels unknown to the problems.
void complete_labels(Task& task, const Dataset& data, bool alone,
                     std::vector<std::string>& problems) {
  const DatasetSpec& spec = data.spec();
  if (task.kind == TaskKind::multilabel) {
    task.labels = members_of(spec, task.name);
    if (task.labels.empty() && alone) task.labels = spec.labels;
    if (task.labels.empty()) {
      problems.push_back(not_in_data(task, spec, "group of columns"));
    }
    return;
  }
  if (task.kind != TaskKind::categorical && task.kind != TaskKind::ordinal) {
    return;
  }
  const auto at = std::ranges::find(spec.labels, task.name);
  if (at == spec.labels.end()) {
    problems.push_back(not_in_data(task, spec, "column"));
    return;
  }
  const ColumnClasses* named = classes_of(spec, task.name);
  task.labels =
      named != nullptr
          ? named->names
          : numbered_classes(
                data, static_cast<std::size_t>(at - spec.labels.begin()));
  if (task.labels.empty()) {
    problems.push_back(cat("tasks.", task.name,
                           ": the numbers in the data do not tell the classes: "
                           "all are missing, or some are ",
                           kMostClasses, " and more",
                           "; name the classes in the recipe"));
  }
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

//   validation   the same of the validation part; empty without one
void add_unseen_classes(const Task& task, std::span<const double> prior,
                        std::span<const double> validation,
                        std::vector<std::string>& warnings) {
  for (std::size_t c = 0; c < prior.size(); ++c) {
    if (prior[c] > 0.0) continue;
    const bool elsewhere = !validation.empty() && validation[c] > 0.0;
    warnings.push_back(
        cat("training part: class \"", task.labels[c], "\" of task \"",
            task.name, "\" never occurs; it cannot be learned; ",
            elsewhere ? "change data.split.random_state" : "add images of it"));
  }
}

void add_constants(const Task& task, std::span<const double> prior,
                   std::vector<std::string>& warnings) {
  constexpr std::size_t kDeviation = 1;
  for (std::size_t i = 0; 3 * i < prior.size(); ++i) {
    if (prior[3 * i + kDeviation] != 0.0) continue;
    const std::string number =
        task.labels.empty() ? "" : cat("\"", task.labels[i], "\" of ");
    warnings.push_back(cat("training part: ", number, "task \"", task.name,
                           "\" is always ", prior[3 * i],
                           "; there is nothing to learn"));
  }
}

// The same with the moments of counts, too.
std::vector<std::vector<double>> moments_of(std::vector<Task> tasks,
                                            const Dataset& data) {
  for (Task& task : tasks) {
    if (task.kind == TaskKind::count) task = regression(task.name);
  }
  return prior_of(tasks, data);
}

bool is_unanswered(std::span<const double> prior) {
  return std::ranges::all_of(prior, [](double p) { return std::isnan(p); });
}

void add_unjudged(const std::vector<Task>& tasks,
                  const std::vector<std::vector<double>>& validation,
                  std::vector<std::string>& warnings) {
  for (std::size_t t = 0; t < validation.size(); ++t) {
    // Its labels have a warning each.
    if (tasks[t].kind == TaskKind::multilabel) continue;
    if (!is_unanswered(validation[t])) continue;
    warnings.push_back(cat("validation part: task \"", tasks[t].name,
                           "\" is missing in every image; the best epoch is "
                           "chosen without it; change "
                           "data.split.random_state"));
  }
}

void add_weightless(const std::vector<Task>& tasks,
                    std::vector<std::string>& warnings) {
  for (const Task& task : tasks) {
    if (task.weight != 0.0) continue;
    warnings.push_back(cat("tasks.", task.name,
                           ".weight is 0: the task does not move the trunk, "
                           "and with weights from losses its head learns "
                           "nothing; leave the task out, or give it a weight"));
  }
}

}  // namespace

void complete_tasks(std::vector<Task>& tasks, const Dataset& data) {
  if (tasks.empty()) tasks = tasks_of(data);
  std::vector<std::string> found;
  for (Task& task : tasks) {
    if (!task.labels.empty()) continue;
    complete_labels(task, data, tasks.size() == 1, found);
  }
  if (found.empty()) return;
  throw Error(Fault::data,
              found.size() == 1
                  ? found.front()
                  : "the recipe and the data do not fit:" + bullet_list(found));
}

std::vector<std::string> task_warnings(const std::vector<Task>& tasks,
                                       const TrainData& data) {
  std::vector<std::string> warnings;
  std::vector<ColumnUse> labels;
  for (const ColumnUse& use : column_uses(tasks)) {
    if (use.kind == ColumnKind::label) labels.push_back(use);
  }
  if (!labels.empty()) {
    const DatasetPtr train = select_columns(data.train, labels);
    warnings =
        data.validation
            ? split_warnings(*train, *select_columns(data.validation, labels))
            : split_warnings(*train);
  }
  const std::vector<std::vector<double>> prior = moments_of(tasks, *data.train);
  std::vector<std::vector<double>> validation;
  if (data.validation) validation = prior_of(tasks, *data.validation);
  for (std::size_t t = 0; t < tasks.size(); ++t) {
    // train() refuses it.
    if (is_unanswered(prior[t])) continue;
    if (tasks[t].kind == TaskKind::regression ||
        tasks[t].kind == TaskKind::count) {
      add_constants(tasks[t], prior[t], warnings);
    } else if (tasks[t].kind != TaskKind::multilabel) {
      add_unseen_classes(
          tasks[t], prior[t],
          validation.empty() ? std::vector<double>() : validation[t], warnings);
    }
  }
  add_unjudged(tasks, validation, warnings);
  add_weightless(tasks, warnings);
  return warnings;
}

std::vector<std::string> weighting_warnings(const std::vector<Task>& tasks,
                                            WeightingKind kind) {
  std::vector<std::string> warnings;
  const bool divides =
      kind == WeightingKind::uncertainty || kind == WeightingKind::gls ||
      kind == WeightingKind::stch || kind == WeightingKind::famo;
  for (const Task& task : tasks) {
    if (!divides || task.loss.kind != LossKind::gaussian) continue;
    warnings.push_back(
        cat("train.weighting: ", name_of(kind),
            " divides by the losses, and the gaussian loss of "
            "task \"",
            task.name,
            "\" may fall below 0: the task "
            "may then get nearly all of the weight; take another "
            "loss or another weighting"));
  }
  return warnings;
}

}  // namespace polytask
