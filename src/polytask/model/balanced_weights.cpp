#include "polytask/model/balanced_weights.h"

#include <algorithm>
#include <cmath>

#include "polytask/base/text.h"
#include "polytask/task/kind_traits.h"

namespace polytask {
namespace {

// Of one column: how often each of 0, 1, 2, ... was observed.
using Counts = std::vector<std::int64_t>;

// The counts of a balanced task: one list per label, or one of all classes.
std::vector<Counts> room_for(const Task& task) {
  if (!task.loss.balanced) return {};
  if (form_of(task) == AnswerForm::labels) {
    return std::vector<Counts>(task.labels.size(), Counts(2));
  }
  return {Counts(task.labels.size())};
}

std::vector<std::vector<Counts>> count_targets(const std::vector<Task>& tasks,
                                               const Dataset& data) {
  std::vector<std::vector<Counts>> counts;
  for (const Task& task : tasks) counts.push_back(room_for(task));
  std::vector<float> row(data.spec().labels.size());
  for (std::int64_t i = 0; i < data.size(); ++i) {
    data.read_targets(i, row);
    std::size_t first = 0;
    for (std::size_t t = 0; t < tasks.size(); ++t) {
      for (std::size_t c = 0; c < counts[t].size(); ++c) {
        const float target = row[first + c];
        if (std::isnan(target)) continue;
        ++counts[t][c][static_cast<std::size_t>(target)];
      }
      first += static_cast<std::size_t>(tasks[t].columns());
    }
  }
  return counts;
}

std::string lack(const Counts& answers) {
  if (answers[0] + answers[1] == 0) return "no answer";
  return answers[1] == 0 ? "no positive" : "no negative";
}

void derive_positive_weights(Task& task, const std::vector<Counts>& counts,
                             std::vector<std::string>& warnings) {
  for (std::size_t l = 0; l < counts.size(); ++l) {
    const auto no = static_cast<double>(counts[l][0]);
    const auto yes = static_cast<double>(counts[l][1]);
    const bool known = no > 0.0 && yes > 0.0;
    task.loss.positive_weights.push_back(known ? no / yes : 1.0);
    if (known) continue;
    warnings.push_back(cat("tasks.", task.name,
                           ".loss.positive_weights: balanced: label \"",
                           task.labels[l], "\" has ", lack(counts[l]),
                           " in the training part; its weight is 1"));
  }
}

void derive_class_weights(Task& task, const Counts& counts,
                          std::vector<std::string>& warnings) {
  double answers = 0.0;
  double occurring = 0.0;
  for (const std::int64_t count : counts) {
    answers += static_cast<double>(count);
    occurring += count > 0 ? 1.0 : 0.0;
  }
  for (std::size_t c = 0; c < counts.size(); ++c) {
    const auto count = static_cast<double>(counts[c]);
    task.loss.class_weights.push_back(
        count > 0.0 ? answers / (occurring * count) : 1.0);
    if (count > 0.0) continue;
    warnings.push_back(cat("tasks.", task.name,
                           ".loss.class_weights: balanced: class \"",
                           task.labels[c],
                           "\" never occurs in the training part; its weight "
                           "is 1"));
  }
}

}  // namespace

std::vector<std::string> derive_balanced_weights(std::vector<Task>& tasks,
                                                 const Dataset& data) {
  std::vector<std::string> warnings;
  if (std::ranges::none_of(
          tasks, [](const Task& task) { return task.loss.balanced; })) {
    return warnings;
  }
  const std::vector<std::vector<Counts>> counts = count_targets(tasks, data);
  for (std::size_t t = 0; t < tasks.size(); ++t) {
    Task& task = tasks[t];
    if (!task.loss.balanced) continue;
    task.loss.balanced = false;
    if (form_of(task) == AnswerForm::labels) {
      derive_positive_weights(task, counts[t], warnings);
    } else {
      derive_class_weights(task, counts[t].front(), warnings);
    }
  }
  return warnings;
}

}  // namespace polytask
