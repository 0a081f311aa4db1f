#include "polytask/recipe/recipe_tasks.h"

#include <algorithm>
#include <cmath>
#include <unordered_set>

#include "polytask/base/error.h"
#include "polytask/base/text.h"
#include "polytask/data/label_summary.h"
#include "polytask/data/table/column_look.h"
#include "polytask/data/table/shown_text.h"
#include "polytask/model/target_statistics.h"
#include "polytask/model/task_columns.h"
#include "polytask/recipe/derived_tasks.h"
#include "polytask/task/kind_traits.h"
#include "polytask/weighting/weighting_settings.h"

namespace polytask {
namespace {

// The names of columns and of groups of columns.
std::vector<std::string> questions_of(const DatasetSpec& spec) {
  std::vector<std::string> names;
  std::unordered_set<std::string> known;
  for (const std::string& column : spec.labels) {
    const std::string group = group_of(column);
    const std::string& name = group.empty() ? column : group;
    if (known.insert(name).second) names.push_back(name);
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
                 ? cat(", only ", listed(names), "; correct it, or name its ",
                       "labels in the recipe")
                 : cat("; did you mean \"", close, "\"?"));
}

// The columns that look like labels; all of them where none does.
std::vector<std::string> labels_in(const Dataset& data,
                                   std::vector<std::string>& notes) {
  const std::vector<std::string>& columns = data.spec().labels;
  const std::vector<ColumnLook> looks = looks_of(data);
  std::vector<std::string> labels;
  std::vector<std::string> others;
  for (std::size_t c = 0; c < columns.size(); ++c) {
    (looks[c].looks == Looks::labels ? labels : others).push_back(columns[c]);
  }
  if (labels.empty()) return columns;
  if (!others.empty()) {
    notes.push_back(
        cat("these columns do not look like labels and are left "
            "out: ",
            listed(others)));
  }
  return labels;
}

struct Findings {
  std::vector<std::string> problems;
  std::vector<std::string> notes;
};

// Adds what keeps the labels unknown to the problems.
void complete_labels(Task& task, const Dataset& data, bool alone,
                     Findings& found) {
  const DatasetSpec& spec = data.spec();
  if (form_of(task) == AnswerForm::numbers) return;
  if (form_of(task) == AnswerForm::labels) {
    task.labels = members_of(spec, task.name);
    if (task.labels.empty() && alone) {
      task.labels = labels_in(data, found.notes);
    }
    if (task.labels.empty()) {
      found.problems.push_back(not_in_data(task, spec, "group of columns"));
    }
    return;
  }
  const auto at = std::ranges::find(spec.labels, task.name);
  if (at == spec.labels.end()) {
    found.problems.push_back(not_in_data(task, spec, "column"));
    return;
  }
  task.labels = classes_of_column(
      data, static_cast<std::size_t>(at - spec.labels.begin()));
  if (task.labels.empty()) {
    found.problems.push_back(
        cat("tasks.", task.name,
            ": the numbers in the data do not tell the classes: all are "
            "missing, or some are 10000 and more; name the classes in the "
            "recipe"));
  }
}

//   shares       of each class
//   validation   the same of the validation part; empty without one
void add_unseen_classes(const Task& task, const std::vector<double>& shares,
                        const std::vector<double>& validation,
                        std::vector<std::string>& warnings) {
  for (std::size_t c = 0; c < shares.size(); ++c) {
    if (shares[c] > 0.0) continue;
    const bool elsewhere = !validation.empty() && validation[c] > 0.0;
    warnings.push_back(
        cat("training part: class \"", task.labels[c], "\" of task \"",
            task.name, "\" never occurs; it cannot be learned; ",
            elsewhere ? "change data.split.random_state" : "add images of it"));
  }
}

void add_constants(const Task& task,
                   const std::vector<NumberStatistics>& numbers,
                   std::vector<std::string>& warnings) {
  for (std::size_t i = 0; i < numbers.size(); ++i) {
    if (numbers[i].deviation != 0.0) continue;
    const std::string number =
        task.labels.empty() ? "" : cat("\"", task.labels[i], "\" of ");
    warnings.push_back(cat("training part: ", number, "task \"", task.name,
                           "\" is always ", static_cast<float>(numbers[i].mean),
                           "; there is nothing to learn"));
  }
}

void add_unjudged(const std::vector<Task>& tasks,
                  const std::vector<TargetStatistics>& validation,
                  std::vector<std::string>& warnings) {
  for (std::size_t t = 0; t < validation.size(); ++t) {
    // Its labels have a warning each.
    if (form_of(tasks[t]) == AnswerForm::labels) continue;
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

std::vector<std::string> complete_tasks(std::vector<Task>& tasks,
                                        const Dataset& data) {
  Findings found;
  if (tasks.empty()) tasks = derived_tasks(data, found.notes);
  for (Task& task : tasks) {
    if (!task.labels.empty()) continue;
    complete_labels(task, data, tasks.size() == 1, found);
  }
  const std::vector<std::string>& problems = found.problems;
  if (problems.empty()) return found.notes;
  throw Error(Fault::data, problems.size() == 1
                               ? problems.front()
                               : "the recipe and the data do not fit:" +
                                     bullet_list(problems));
}

std::vector<std::string> task_warnings(
    const std::vector<Task>& tasks, const TrainData& data,
    const std::vector<TargetStatistics>& training) {
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
  std::vector<TargetStatistics> validation;
  if (data.validation) {
    validation = target_statistics_of(tasks, *data.validation);
  }
  for (std::size_t t = 0; t < tasks.size(); ++t) {
    // train() refuses it.
    if (is_unanswered(training[t])) continue;
    add_constants(tasks[t], training[t].numbers, warnings);
    if (form_of(tasks[t]) != AnswerForm::classes) continue;
    add_unseen_classes(
        tasks[t], training[t].shares,
        validation.empty() ? std::vector<double>() : validation[t].shares,
        warnings);
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
