#include "polytask/task/task.h"

#include <algorithm>
#include <cmath>
#include <set>

#include "polytask/base/text.h"
#include "polytask/task/kind_traits.h"

namespace polytask {
namespace {

// The fewest names a task needs.
std::size_t fewest_labels(const Task& task) {
  switch (form_of(task)) {
    case AnswerForm::labels:
      return 1;
    case AnswerForm::classes:
      return 2;
    case AnswerForm::numbers:
      break;
  }
  return 0;
}

void check_labels(const Task& task, std::vector<std::string>& found) {
  const std::string key = cat("tasks.", task.name, ".labels: ");
  const std::size_t fewest = fewest_labels(task);
  if (task.labels.size() < fewest) {
    found.push_back(cat(key, "expected at least ",
                        fewest == 1 ? "one label" : "two classes", ", got ",
                        task.labels.empty() ? "none" : "one"));
  }
  if (traits_of(task).counted && !task.labels.empty()) {
    found.push_back(
        cat(key, "a ", traits_of(task).name, " has none; leave it out"));
  }
  std::set<std::string> seen;
  for (const std::string& label : task.labels) {
    if (label.empty()) {
      found.push_back(cat(key, "a label has no name"));
    } else if (!seen.insert(label).second) {
      found.push_back(cat(key, "\"", label, "\" is there twice"));
    }
  }
}

void check_thresholds(const Task& task, std::vector<std::string>& found) {
  const std::string key = cat("tasks.", task.name, ".thresholds");
  const Thresholds& thresholds = task.thresholds;
  if (form_of(task) != AnswerForm::labels) {
    if (thresholds == Thresholds{}) return;
    found.push_back(
        cat(key, ": only multilabel tasks have thresholds; leave it out"));
    return;
  }
  const auto check_range = [&](const std::string& place, double threshold) {
    if (threshold >= 0.0 && threshold <= 1.0) return;
    found.push_back(cat(place, ": expected 0 to 1, got ", threshold));
  };
  check_range(key, thresholds.all);
  for (const auto& [label, threshold] : thresholds.labels) {
    check_range(cat(key, '.', label), threshold);
    if (std::ranges::count(task.labels, label) > 0) continue;
    const std::string close = nearest(label, task.labels);
    found.push_back(cat(key, ": no label \"", label, "\"; ",
                        close.empty() ? "there are " + join(task.labels)
                                      : "did you mean \"" + close + "\"?"));
  }
}

void check_loss(const Task& task, std::vector<std::string>& found) {
  for (const std::string& problem :
       problems(task.loss, task.kind, task.labels.size())) {
    found.push_back(cat("tasks.", task.name, ".loss.", problem));
  }
  if (!(task.weight >= 0.0 && std::isfinite(task.weight))) {
    found.push_back(
        cat("tasks.", task.name, ".weight: expected >= 0, got ", task.weight));
  }
}

}  // namespace

double Thresholds::of(const std::string& label) const {
  const auto own = labels.find(label);
  return own == labels.end() ? all : own->second;
}

double NumberStatistics::scale() const {
  return deviation > 0.0 ? deviation : 1.0;
}

std::vector<double> thresholds_of(const Task& task) {
  std::vector<double> all;
  for (const std::string& label : task.labels) {
    all.push_back(task.thresholds.of(label));
  }
  return all;
}

int Task::columns() const {
  const KindTraits& traits = traits_of(kind);
  const bool one = traits.form == AnswerForm::classes || traits.counted;
  return one ? 1 : static_cast<int>(outputs().size());
}

int Task::units() const { return traits_of(kind).units(*this); }

std::vector<std::string> Task::outputs() const {
  return labels.empty() ? std::vector<std::string>{name} : labels;
}

std::vector<std::string> task_names(const std::vector<Task>& tasks) {
  std::vector<std::string> names;
  for (const Task& task : tasks) names.push_back(task.name);
  return names;
}

std::vector<std::string> problems(const std::vector<Task>& tasks) {
  std::vector<std::string> found;
  if (tasks.empty()) {
    found.emplace_back("tasks: expected at least one task, got none");
  }
  std::set<std::string> names;
  for (const Task& task : tasks) {
    if (task.name.empty() || task.name.find('/') != std::string::npos) {
      found.push_back(
          cat("tasks: expected a name without \"/\", got \"", task.name, "\""));
    }
    if (!names.insert(task.name).second) {
      found.push_back(cat("tasks: \"", task.name, "\" is there twice"));
    }
    check_labels(task, found);
    check_thresholds(task, found);
    check_loss(task, found);
  }
  return found;
}

}  // namespace polytask
