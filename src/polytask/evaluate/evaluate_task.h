// One task of an evaluation.

#pragma once

#include <vector>

#include "polytask/metrics/bootstrap.h"
#include "polytask/metrics/evaluation.h"
#include "polytask/task/task.h"

namespace polytask {

// One task's answers and what is known of them.
struct Answered {
  const Task& task;
  TargetStatistics statistics;  // of the training
  std::vector<float> answers;   // [N, answer_count]
  std::vector<float> targets;   // [N, columns], NaN where missing
  std::vector<float> logits;    // [N, units]
};

// The metrics of its kind.
[[nodiscard]] TaskEvaluation evaluate_task(const Answered& a,
                                           const BootstrapOptions& bootstrap);

}  // namespace polytask
