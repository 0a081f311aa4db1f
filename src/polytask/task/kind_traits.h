// What is known of a kind of task. Everything that depends on the kind asks for
// one of these facts, never for the kind itself.

#pragma once

#include <span>
#include <string_view>

#include "polytask/task/task.h"

namespace polytask {

// What its answers are.
enum class AnswerForm {
  labels,   // yes or no for each label; each has a column of its own
  classes,  // one class; one column holds its number
  numbers,  // one number or several; each has a column of its own
};

struct KindTraits {
  TaskKind kind;
  std::string_view name;  // in recipes, models and reports
  AnswerForm form;
  bool ordered = false;  // classes: they have an order
  // Numbers: how many there are, one whole number >= 0. Else they are measured,
  // may be several, and are learned in deviations from their mean.
  bool counted = false;
  std::span<const LossKind> losses;  // that it may have, the default first

  int (*units)(const Task& task);  // logits its head computes

  // Overwrites one image's answer.
  //   logits   [units]
  //   answer   a probability per label or class, or the numbers
  void (*answer)(const Task& task, const TargetStatistics& statistics,
                 std::span<const float> logits, std::span<float> answer);
};

[[nodiscard]] const KindTraits& traits_of(TaskKind kind);
[[nodiscard]] const KindTraits& traits_of(const Task& task);
[[nodiscard]] AnswerForm form_of(const Task& task);
// Nothing for a name of no kind.
[[nodiscard]] const KindTraits* kind_named(std::string_view name);

// A task of this kind with its default loss.
[[nodiscard]] Task make_task(const KindTraits& kind, std::string name,
                             std::vector<std::string> labels);

}  // namespace polytask
