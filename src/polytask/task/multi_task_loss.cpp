#include "polytask/task/multi_task_loss.h"

#include <algorithm>
#include <cmath>

#include "polytask/base/error.h"
#include "polytask/base/text.h"

namespace polytask {
namespace {

// The loss of one observed label and its derivative by the prediction.
struct Term {
  double loss = 0.0;
  double slope = 0.0;
};

bool is_missing(float target) { return !(target >= 0.0f); }

Term on_probability(double p, double y) {
  constexpr double kClip = 1e-7;
  const double q = std::clamp(p, kClip, 1.0 - kClip);
  const double slope = q == p ? (q - y) / (q * (1.0 - q)) : 0.0;
  return {.loss = -(y * std::log(q) + (1.0 - y) * std::log1p(-q)),
          .slope = slope};
}

double stable_sigmoid(double z) {
  if (z >= 0.0) return 1.0 / (1.0 + std::exp(-z));
  const double e = std::exp(z);
  return e / (1.0 + e);
}

Term on_logit(double z, double y) {
  return {.loss = std::max(z, 0.0) - z * y + std::log1p(std::exp(-std::abs(z))),
          .slope = stable_sigmoid(z) - y};
}

void require_lengths(const char* name, std::size_t predictions,
                     std::size_t targets, int labels, std::size_t diff) {
  const bool ok = labels >= 1 && predictions == targets &&
                  predictions % static_cast<std::size_t>(labels) == 0 &&
                  (diff == 0 || diff == predictions);
  if (ok) return;
  throw Error(
      Fault::shape,
      cat(name, ": expected predictions, targets and gradient [N, ", labels,
          "], got ", predictions, ", ", targets, " and ", diff, " numbers"));
}

template <class TermOf>
LossValue reduce(std::span<const float> predictions,
                 std::span<const float> targets, int labels,
                 std::span<float> diff, TermOf term_of) {
  LossValue value;
  for (const float y : targets) value.observed += is_missing(y) ? 0.0 : 1.0;
  std::ranges::fill(diff, 0.0f);
  if (value.observed == 0.0) return value;
  const double scale = labels / value.observed;
  for (std::size_t i = 0; i < targets.size(); ++i) {
    if (is_missing(targets[i])) continue;
    const Term term = term_of(predictions[i], targets[i]);
    value.weighted_sum += term.loss;
    if (!diff.empty()) diff[i] = static_cast<float>(scale * term.slope);
  }
  value.loss = scale * value.weighted_sum;
  return value;
}

}  // namespace

LossValue multi_task_loss(std::span<const float> probabilities,
                          std::span<const float> targets, int labels,
                          std::span<float> diff_probabilities) {
  require_lengths("multi_task_loss", probabilities.size(), targets.size(),
                  labels, diff_probabilities.size());
  return reduce(probabilities, targets, labels, diff_probabilities,
                on_probability);
}

LossValue multi_task_loss_on_logits(std::span<const float> logits,
                                    std::span<const float> targets, int labels,
                                    std::span<float> diff_logits) {
  require_lengths("multi_task_loss_on_logits", logits.size(), targets.size(),
                  labels, diff_logits.size());
  return reduce(logits, targets, labels, diff_logits, on_logit);
}

float sigmoid(float z) { return static_cast<float>(stable_sigmoid(z)); }

}  // namespace polytask
