// One of C classes that have an order.

#include <algorithm>
#include <array>
#include <utility>

#include "polytask/task/kind_traits.h"

namespace polytask {
namespace {

constexpr std::array kLosses{LossKind::corn, LossKind::cumulative};

// One per border between two classes.
int units(const Task& task) { return static_cast<int>(task.labels.size()) - 1; }

// From P(y > k): products of the conditional ones (CORN), or the smallest so
// far (cumulative), so that they never rise with k.
void class_probabilities(const Task& task,
                         const TargetStatistics& /*statistics*/,
                         std::span<const float> logits,
                         std::span<float> answer) {
  float above = 1.0f;  // P(y > k - 1)
  for (std::size_t k = 0; k < logits.size(); ++k) {
    const float p = sigmoid(logits[k]);
    const float next =
        task.loss.kind == LossKind::corn ? above * p : std::min(above, p);
    answer[k] = above - next;
    above = next;
  }
  answer[logits.size()] = above;
}

}  // namespace

constinit const KindTraits kinds::ordinal{.kind = TaskKind::ordinal,
                                          .name = "ordinal",
                                          .form = AnswerForm::classes,
                                          .ordered = true,
                                          .losses = kLosses,
                                          .units = units,
                                          .answer = class_probabilities};

Task ordinal(std::string name, std::vector<std::string> classes) {
  return make_task(kinds::ordinal, std::move(name), std::move(classes));
}

}  // namespace polytask
