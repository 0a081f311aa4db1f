// A task: one question about every image.
//
//   multilabel("scene", {"desert", "mountains", "sea"})

#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace polytask {

enum class TaskKind {
  multilabel,  // a group of independent yes/no labels
};

struct Task {
  std::string name;
  TaskKind kind = TaskKind::multilabel;
  std::vector<std::string> labels;  // names, in the order of the columns

  // Probability above which a label is answered "yes"; empty: 0.5 for each.
  std::vector<double> thresholds;

  // Logits its head computes: one a label.
  [[nodiscard]] int units() const { return static_cast<int>(labels.size()); }

  bool operator==(const Task&) const = default;
};

[[nodiscard]] Task multilabel(std::string name,
                              std::vector<std::string> labels);

// Every broken rule of a list of tasks; empty when it is usable.
[[nodiscard]] std::vector<std::string> problems(const std::vector<Task>& tasks);

}  // namespace polytask
