// One of C classes.

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

#include "polytask/task/kind_traits.h"

namespace polytask {
namespace {

constexpr std::array kLosses{LossKind::categorical_crossentropy};

int units(const Task& task) { return static_cast<int>(task.labels.size()); }

void softmax(const Task& /*task*/, const TargetStatistics& /*statistics*/,
             std::span<const float> logits, std::span<float> answer) {
  const double largest = *std::ranges::max_element(logits);
  double sum = 0.0;
  for (const float z : logits) sum += std::exp(z - largest);
  for (std::size_t c = 0; c < logits.size(); ++c) {
    answer[c] = static_cast<float>(std::exp(logits[c] - largest) / sum);
  }
}

}  // namespace

constinit const KindTraits kinds::categorical{.kind = TaskKind::categorical,
                                              .name = "categorical",
                                              .form = AnswerForm::classes,
                                              .losses = kLosses,
                                              .units = units,
                                              .answer = softmax};

Task categorical(std::string name, std::vector<std::string> classes) {
  return make_task(kinds::categorical, std::move(name), std::move(classes));
}

}  // namespace polytask
