// One measured number or several.

#include <array>
#include <utility>

#include "polytask/task/kind_traits.h"

namespace polytask {
namespace {

constexpr std::array kLosses{LossKind::squared_error, LossKind::absolute_error,
                             LossKind::huber, LossKind::gaussian};

// The gaussian loss has a logit for the variance of each number too.
int units(const Task& task) {
  return task.loss.kind == LossKind::gaussian ? 2 * task.columns()
                                              : task.columns();
}

void in_units_of_the_data(const Task& /*task*/,
                          const TargetStatistics& statistics,
                          std::span<const float> logits,
                          std::span<float> answer) {
  for (std::size_t i = 0; i < answer.size(); ++i) {
    const NumberStatistics n =
        statistics.numbers.empty() ? NumberStatistics{} : statistics.numbers[i];
    answer[i] = static_cast<float>(n.mean + n.scale() * logits[i]);
  }
}

}  // namespace

constinit const KindTraits kinds::regression{.kind = TaskKind::regression,
                                             .name = "regression",
                                             .form = AnswerForm::numbers,
                                             .losses = kLosses,
                                             .units = units,
                                             .answer = in_units_of_the_data};

Task regression(std::string name, std::vector<std::string> numbers) {
  return make_task(kinds::regression, std::move(name), std::move(numbers));
}

}  // namespace polytask
