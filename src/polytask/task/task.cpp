#include "polytask/task/task.h"

#include <set>

#include "polytask/base/text.h"

namespace polytask {
namespace {

void check_labels(const Task& task, std::vector<std::string>& found) {
  if (task.labels.empty()) {
    found.push_back(cat("tasks.", task.name,
                        ".labels: expected at least one label, got none"));
  }
  std::set<std::string> seen;
  for (const std::string& label : task.labels) {
    if (label.empty()) {
      found.push_back(cat("tasks.", task.name, ".labels: a label has no name"));
    } else if (!seen.insert(label).second) {
      found.push_back(
          cat("tasks.", task.name, ".labels: \"", label, "\" is there twice"));
    }
  }
}

void check_thresholds(const Task& task, std::vector<std::string>& found) {
  const std::size_t count = task.thresholds.size();
  if (count != 0 && count != task.labels.size()) {
    found.push_back(cat("tasks.", task.name, ".thresholds: expected ",
                        task.labels.size(), " (one a label), got ", count));
  }
  for (const double threshold : task.thresholds) {
    if (threshold >= 0.0 && threshold <= 1.0) continue;
    found.push_back(cat("tasks.", task.name,
                        ".thresholds: expected 0 to 1, got ", threshold));
  }
}

}  // namespace

Task multilabel(std::string name, std::vector<std::string> labels) {
  Task task;
  task.name = std::move(name);
  task.labels = std::move(labels);
  return task;
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
  }
  return found;
}

}  // namespace polytask
