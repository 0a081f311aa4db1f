// A group of independent yes/no labels.

#include <array>
#include <utility>

#include "polytask/task/kind_traits.h"

namespace polytask {
namespace {

constexpr std::array kLosses{LossKind::binary_crossentropy, LossKind::focal,
                             LossKind::asymmetric};

int units(const Task& task) { return static_cast<int>(task.labels.size()); }

void probabilities(const Task& /*task*/, const TargetStatistics& /*statistics*/,
                   std::span<const float> logits, std::span<float> answer) {
  for (std::size_t i = 0; i < answer.size(); ++i) {
    answer[i] = sigmoid(logits[i]);
  }
}

}  // namespace

constinit const KindTraits kinds::multilabel{.kind = TaskKind::multilabel,
                                             .name = "multilabel",
                                             .form = AnswerForm::labels,
                                             .losses = kLosses,
                                             .units = units,
                                             .answer = probabilities};

Task multilabel(std::string name, std::vector<std::string> labels) {
  return make_task(kinds::multilabel, std::move(name), std::move(labels));
}

}  // namespace polytask
