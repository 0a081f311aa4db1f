// Weights from the losses L_1 ... L_T of the tasks, without their gradients.
//
// Each function overwrites `weights` [T] with what the paper has, before any
// common scale; task_weighting.h says what a training step makes of them. A
// loss that is divided by, or whose logarithm is taken, counts as 1e-8 at
// least. No function allocates.
// Source: docs/math/weighting.md

#pragma once

#include <cstdint>
#include <span>

#include "polytask/base/random.h"

namespace polytask {

// The smallest loss that is divided by.
inline constexpr double kLeastLoss = 1e-8;
[[nodiscard]] double at_least(double loss);

// exp(x_t) / sum exp(x_s), in place; safe for any finite x.
void softmax(std::span<double> x);

// 1 / (2 e^s): the gradient of L / (2 e^s) + s / 2 by L. Its gradient by s,
// (1 - L / e^s) / 2, is 0 at s = ln L.
[[nodiscard]] double uncertainty_weight(double log_variance);
[[nodiscard]] double uncertainty_slope(double log_variance, double loss);

// T softmax(r / temperature), r = last / before_last: mean losses of the two
// epochs before, [T]. r = 1 where one of them is not above 0, as before there
// were two epochs. Sums to T.
void dwa_weights(std::span<const double> last,
                 std::span<const double> before_last, double temperature,
                 std::span<double> weights);

// Softmax of standard normal numbers, that of task t drawn at the address
// (t, step). Sums to 1.
struct RlwDraw {
  PhiloxKey key{};
  std::int64_t step = 0;
  std::span<const int> tasks;  // [T] numbers of the tasks in the network
};
void rlw_weights(const RlwDraw& draw, std::span<double> weights);

// The gradient of the geometric mean M of the losses: M / (T L_t).
void gls_weights(std::span<const double> losses, std::span<double> weights);

// The gradient of the smooth maximum mu ln sum exp(ln(L_t / R_t) / mu):
// softmax(ln(L / R) / mu)_t / L_t.
void stch_weights(std::span<const double> losses,
                  std::span<const double> reference, double mu,
                  std::span<double> weights);
// That maximum itself: max <= it <= max + mu ln T, with max = max ln(L_t /
// R_t).
[[nodiscard]] double smooth_maximum(std::span<const double> losses,
                                    std::span<const double> reference,
                                    double mu);

// (z_t / L_t) / sum (z_s / L_s), z = softmax(logits). Sums to 1.
void famo_weights(std::span<const double> losses,
                  std::span<const double> logits, std::span<double> weights);

}  // namespace polytask
