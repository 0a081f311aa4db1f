#include "polytask/data/column_groups.h"

#include <algorithm>

#include "polytask/base/error.h"
#include "polytask/base/text.h"

namespace polytask {
namespace {

constexpr std::size_t kNoStroke = std::string::npos;

bool can_be_a_name(const std::string& name) {
  return !name.empty() && name != "." && name.find('\0') == std::string::npos;
}

std::string problem_of(const std::string& column) {
  const std::size_t stroke = column.find('/');
  const bool fine =
      can_be_a_name(column.substr(0, stroke)) &&
      (stroke == kNoStroke || can_be_a_name(column.substr(stroke + 1)));
  if (fine) return "";
  return cat("column \"", column,
             "\": expected the name of a task, or task/label");
}

// Adds the column to its task, a new one if need be.
void add_column(std::vector<TaskColumns>& tasks, const std::string& column,
                std::size_t index, std::vector<std::string>& problems) {
  const std::size_t stroke = column.find('/');
  const std::string task = column.substr(0, stroke);
  auto at = std::ranges::find(tasks, task, &TaskColumns::task);
  const bool is_new = at == tasks.end();
  if (is_new) at = tasks.insert(at, {task, {}, {}, {}});
  at->columns.push_back(index);
  if (stroke == kNoStroke) {
    if (!is_new) {
      problems.push_back(cat("column \"", column,
                             "\": expected a task of its own, found others of "
                             "that name"));
    }
    return;
  }
  const std::string label = column.substr(stroke + 1);
  if (!is_new && at->labels.empty()) {
    problems.push_back(cat("column \"", column, "\": expected a group, but \"",
                           task, "\" is a column itself"));
  } else if (std::ranges::count(at->labels, label) > 0) {
    problems.push_back(cat("column \"", column, "\" stands there twice"));
  }
  at->labels.push_back(label);
}

void add_classes(std::vector<TaskColumns>& tasks, const ColumnClasses& classes,
                 std::vector<std::string>& problems) {
  const auto at = std::ranges::find(tasks, classes.column, &TaskColumns::task);
  if (at == tasks.end() || !at->labels.empty()) {
    problems.push_back(cat("classes of \"", classes.column,
                           "\": expected a column of that name without a "
                           "stroke"));
    return;
  }
  at->classes = classes.names;
}

}  // namespace

bool has_tasks(const DatasetSpec& spec) {
  return !spec.classes.empty() ||
         std::ranges::any_of(spec.labels, [](const std::string& name) {
           return name.find('/') != kNoStroke;
         });
}

std::vector<TaskColumns> tasks_of(const DatasetSpec& spec,
                                  const std::string& place) {
  std::vector<TaskColumns> tasks;
  std::vector<std::string> problems;
  for (std::size_t i = 0; i < spec.labels.size(); ++i) {
    const std::string problem = problem_of(spec.labels[i]);
    if (!problem.empty()) {
      problems.push_back(problem);
    } else {
      add_column(tasks, spec.labels[i], i, problems);
    }
  }
  for (const ColumnClasses& classes : spec.classes) {
    add_classes(tasks, classes, problems);
  }
  if (problems.empty()) return tasks;
  throw Error(Fault::shape,
              cat(place, ": the columns cannot be written; rename them:",
                  bullet_list(problems)));
}

}  // namespace polytask
