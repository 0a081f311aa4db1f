// The two quadratic programs behind the weightings, on [T, T] matrices.

#pragma once

#include "polytask/weighting/weighting_matrix.h"

namespace polytask {

// The u >= 0 that minimises u^T Q u / 2 + q^T u, for a positive semi-definite Q
// whose minimum exists. Exact but for rounding: an active set that only ever
// moves downhill. Deterministic.
// Source: Lawson and Hanson, "Solving least squares problems", chapter 23, on
// the normal equations.
[[nodiscard]] TaskVector nonnegative_minimum(const TaskMatrix& q_matrix,
                                             const TaskVector& q_vector);

// The convex combination (a >= 0, sum 1) of vectors with this Gramian that is
// shortest: the point of their hull nearest to 0. A vector of length 0 is that
// point itself.
//
// On the hull, a = u / sum(u) where u >= 0 minimises |A u|^2 / 2 + (sum(u) -
// 1)^2 / 2: there A^T A u >= 1 - sum(u), with equality where u > 0, which are
// the conditions of the nearest point.
[[nodiscard]] TaskVector shortest_combination(const TaskMatrix& gramian);

}  // namespace polytask
