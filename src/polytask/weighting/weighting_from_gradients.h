// Weights from the Gramian G of the tasks' gradients g_1 ... g_T, [T, T].
//
// Each function gives the coefficients a of the direction d = sum a_t g_t as
// the paper has them, before any common scale; task_weighting.h says what a
// training step makes of them. All need every gradient to be longer than 0, are
// deterministic, and give finite numbers for singular Gramians too.
//
// Letters: n_t = |g_t|, C = the cosines G_ij / (n_i n_j), u_t = g_t / n_t,
// g_0 = the mean of the gradients.
// Source: docs/math/weighting.md

#pragma once

#include <cstdint>

#include "polytask/base/random.h"
#include "polytask/weighting/weighting_matrix.h"

namespace polytask {

// Each gradient in turn loses its part along every other one it conflicts with:
//   g_i <- g_i - (g_i . g_j) / |g_j|^2 g_j    when g_i . g_j < 0
// d is the sum of what is left. The order of the j is drawn for each i, and
// depends on the key, the step and the number of task i in the network alone.
struct PcgradDraw {
  PhiloxKey key{};
  std::int64_t step = 0;
  std::span<const int> tasks;  // [T] numbers of the tasks in the network
};
[[nodiscard]] TaskVector pcgrad_weights(const TaskMatrix& gramian,
                                        const PcgradDraw& draw);

// The shortest d with a >= 0 and sum(a) = 1: then d . g_t >= |d|^2 for all t.
[[nodiscard]] TaskVector mgda_weights(const TaskMatrix& gramian);

// The d that maximises the least d . g_t within |d - g_0| <= c |g_0|. c = 0 is
// the mean. Where several d are best (the gradients' hull holds 0), one whose a
// stay below 1 + 1e4 c.
[[nodiscard]] TaskVector cagrad_weights(const TaskMatrix& gramian, double c);

// The d with the same d . u_t for all t. When there is none (C is singular),
// the d whose d . u_t are equal but for the smallest squared difference to a
// common value. Scale: the harmonic mean of n in place of each n, and a sum of
// 1 for gradients of one length; for two tasks, always a sum of 1.
[[nodiscard]] TaskVector imtl_g_weights(const TaskMatrix& gramian);

// The a > 0 with G a = 1 / a, so |d|^2 = T. Solved as (C + 1e-8 I) b = 1 / b,
// a = b / n: without the 1e-8 there is no a when the gradients' hull holds 0.
[[nodiscard]] TaskVector nash_mtl_weights(const TaskMatrix& gramian);

// Principal components of the gradients, all scaled to one length s: with G = V
// diag(l) V^T, a = s V diag(1 / sqrt(l)) V^T 1 over the l above 1e-8 of the
// largest. The paper's s is the square root of the least of these l; the other
// is that of the mean of all l, which is the root mean square of n.
enum class ComponentLength { least, root_mean_square };
[[nodiscard]] TaskVector aligned_mtl_weights(
    const TaskMatrix& gramian, ComponentLength length = ComponentLength::least);

// The mean of the g_t, each first moved as little as possible to where it
// conflicts with no one: d . g_t >= 0 for all t.
[[nodiscard]] TaskVector upgrad_weights(const TaskMatrix& gramian);

}  // namespace polytask
