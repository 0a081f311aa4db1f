#include "polytask/weighting/weighting_from_losses.h"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <numeric>

namespace polytask {
namespace {

void scale_sum_to(std::span<double> x, double goal) {
  const double sum = std::accumulate(x.begin(), x.end(), 0.0);
  for (double& v : x) v *= goal / sum;
}

// Box and Muller: one of the two numbers they give is enough.
double standard_normal(RandomStream random) {
  const double radius = 1.0 - uniform01(random.next64());  // (0, 1]
  const double angle = 2.0 * std::numbers::pi * uniform01(random.next64());
  return std::sqrt(-2.0 * std::log(radius)) * std::cos(angle);
}

double log_ratio(double loss, double reference) {
  return std::log(at_least(loss)) - std::log(at_least(reference));
}

}  // namespace

double at_least(double loss) { return std::max(loss, kLeastLoss); }

void softmax(std::span<double> x) {
  if (x.empty()) return;
  const double largest = *std::ranges::max_element(x);
  for (double& v : x) v = std::exp(v - largest);
  scale_sum_to(x, 1.0);
}

double uncertainty_weight(double log_variance) {
  return 0.5 * std::exp(-log_variance);
}

double uncertainty_slope(double log_variance, double loss) {
  return 0.5 - loss * uncertainty_weight(log_variance);
}

void dwa_weights(std::span<const double> last,
                 std::span<const double> before_last, double temperature,
                 std::span<double> weights) {
  for (std::size_t t = 0; t < weights.size(); ++t) {
    const bool known = last[t] > 0.0 && before_last[t] > 0.0;
    const double ratio =
        known ? at_least(last[t]) / at_least(before_last[t]) : 1.0;
    weights[t] = ratio / temperature;
  }
  softmax(weights);
  for (double& w : weights) w *= static_cast<double>(weights.size());
}

void rlw_weights(const RlwDraw& draw, std::span<double> weights) {
  const auto step = static_cast<std::uint64_t>(draw.step);
  for (std::size_t t = 0; t < weights.size(); ++t) {
    weights[t] = standard_normal(
        RandomStream(draw.key, static_cast<std::uint32_t>(draw.tasks[t]),
                     static_cast<std::uint32_t>(step),
                     static_cast<std::uint32_t>(step >> 32)));
  }
  softmax(weights);
}

void gls_weights(std::span<const double> losses, std::span<double> weights) {
  const auto count = static_cast<double>(losses.size());
  double log_mean = 0.0;
  for (const double loss : losses) log_mean += std::log(at_least(loss)) / count;
  for (std::size_t t = 0; t < weights.size(); ++t) {
    weights[t] = std::exp(log_mean) / (count * at_least(losses[t]));
  }
}

void stch_weights(std::span<const double> losses,
                  std::span<const double> reference, double mu,
                  std::span<double> weights) {
  for (std::size_t t = 0; t < weights.size(); ++t) {
    weights[t] = log_ratio(losses[t], reference[t]) / mu;
  }
  softmax(weights);
  for (std::size_t t = 0; t < weights.size(); ++t) {
    weights[t] /= at_least(losses[t]);
  }
}

double smooth_maximum(std::span<const double> losses,
                      std::span<const double> reference, double mu) {
  double largest = log_ratio(losses[0], reference[0]);
  for (std::size_t t = 1; t < losses.size(); ++t) {
    largest = std::max(largest, log_ratio(losses[t], reference[t]));
  }
  double sum = 0.0;
  for (std::size_t t = 0; t < losses.size(); ++t) {
    sum += std::exp((log_ratio(losses[t], reference[t]) - largest) / mu);
  }
  return largest + mu * std::log(sum);
}

void famo_weights(std::span<const double> losses,
                  std::span<const double> logits, std::span<double> weights) {
  std::ranges::copy(logits, weights.begin());
  softmax(weights);
  for (std::size_t t = 0; t < weights.size(); ++t) {
    weights[t] /= at_least(losses[t]);
  }
  scale_sum_to(weights, 1.0);
}

}  // namespace polytask
