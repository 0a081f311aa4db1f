// How many there are.

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

#include "polytask/task/kind_traits.h"

namespace polytask {
namespace {

constexpr std::array kLosses{LossKind::poisson};

int units(const Task& /*task*/) { return 1; }

// Held to at most 30, as the loss does.
void expected_count(const Task& /*task*/,
                    const TargetStatistics& /*statistics*/,
                    std::span<const float> logits, std::span<float> answer) {
  answer[0] = std::exp(std::min(logits[0], 30.0f));
}

}  // namespace

constinit const KindTraits kinds::count{.kind = TaskKind::count,
                                        .name = "count",
                                        .form = AnswerForm::numbers,
                                        .counted = true,
                                        .losses = kLosses,
                                        .units = units,
                                        .answer = expected_count};

Task count(std::string name) {
  return make_task(kinds::count, std::move(name), {});
}

}  // namespace polytask
