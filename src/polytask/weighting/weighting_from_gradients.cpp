#include "polytask/weighting/weighting_from_gradients.h"

#include <algorithm>
#include <cmath>

#include "polytask/weighting/weighting_quadratic.h"

namespace polytask {
namespace {

// Eigenvalues below this share of the largest are rounding of the gradients.
constexpr double kRank = 1e-8;

TaskVector norms_of(const TaskMatrix& gramian) {
  TaskVector norms(gramian.size());
  for (int i = 0; i < norms.size(); ++i) norms[i] = std::sqrt(gramian(i, i));
  return norms;
}

TaskMatrix cosines_of(const TaskMatrix& gramian, const TaskVector& norms) {
  TaskMatrix cosines(gramian.size());
  for (int i = 0; i < norms.size(); ++i) {
    for (int j = 0; j < norms.size(); ++j) {
      cosines(i, j) =
          std::clamp(gramian(i, j) / norms[i] / norms[j], -1.0, 1.0);
    }
    cosines(i, i) = 1.0;
  }
  return cosines;
}

TaskMatrix in_units_of_the_longest(const TaskMatrix& gramian) {
  double longest = 0.0;
  for (int i = 0; i < gramian.size(); ++i) {
    longest = std::max(longest, gramian(i, i));
  }
  TaskMatrix scaled(gramian.size());
  for (int i = 0; i < gramian.size(); ++i) {
    for (int j = 0; j < gramian.size(); ++j) {
      scaled(i, j) = gramian(i, j) / longest;
    }
  }
  return scaled;
}

// V diag(l^power) V^T 1 over the eigenvalues l that are no rounding.
TaskVector power_of_ones(const Eigen& eigen, double power) {
  const int n = eigen.values.size();
  const double largest =
      *std::max_element(eigen.values.begin(), eigen.values.end());
  TaskVector result(n);
  for (int k = 0; k < n; ++k) {
    const double value = eigen.values[k];
    if (value <= kRank * largest) continue;
    double along = 0.0;
    for (int i = 0; i < n; ++i) along += eigen.vectors(i, k);
    along *= std::pow(value, power);
    for (int i = 0; i < n; ++i) result[i] += along * eigen.vectors(i, k);
  }
  return result;
}

// The vectors g_t + shift g_0.
TaskMatrix shifted_by_mean(const TaskMatrix& gramian, const TaskVector& on_mean,
                           double shift) {
  const int n = gramian.size();
  const double mean = sum(on_mean) / n;
  TaskMatrix shifted(n);
  for (int i = 0; i < n; ++i) {
    for (int j = 0; j < n; ++j) {
      shifted(i, j) = gramian(i, j) + shift * (on_mean[i] + on_mean[j]) +
                      shift * shift * mean;
    }
  }
  return shifted;
}

// Half the squared length of sum b_t u_t, less the sum of ln b_t: convex and
// self-concordant, so Newton's steps of 1 / (1 + decrement) never leave b > 0.
TaskVector bargain(const TaskMatrix& cosines) {
  constexpr double kFullStep = 0.25;   // decrement where they converge squarely
  constexpr double kConverged = 1e-8;  // the step after it squares this
  constexpr int kSteps = 200;
  const int n = cosines.size();
  TaskVector b(n, 1.0);
  for (int step = 0; step < kSteps; ++step) {
    TaskVector slope = product(cosines, b);
    TaskMatrix curvature = cosines;
    for (int i = 0; i < n; ++i) {
      slope[i] -= 1.0 / b[i];
      curvature(i, i) += 1.0 / (b[i] * b[i]);
    }
    TaskVector move = slope;
    if (!solve_positive(curvature, move, 0.0)) break;
    const double decrement = std::sqrt(std::max(0.0, dot(slope, move)));
    const double share = decrement < kFullStep ? 1.0 : 1.0 / (1.0 + decrement);
    for (int i = 0; i < n; ++i) b[i] -= share * move[i];
    if (decrement < kConverged) break;
  }
  return b;
}

}  // namespace

TaskVector pcgrad_weights(const TaskMatrix& gramian, const PcgradDraw& draw) {
  const int n = gramian.size();
  const auto step = static_cast<std::uint64_t>(draw.step);
  TaskVector weights(n);
  for (int i = 0; i < n; ++i) {
    std::array<int, kMaxGramianTasks> order;
    for (int j = 0; j < n; ++j) order[static_cast<std::size_t>(j)] = j;
    const auto task =
        static_cast<std::uint32_t>(draw.tasks[static_cast<std::size_t>(i)]);
    shuffle(std::span(order).first(static_cast<std::size_t>(n)),
            RandomStream(draw.key, task, static_cast<std::uint32_t>(step),
                         static_cast<std::uint32_t>(step >> 32)));
    TaskVector left(n);
    left[i] = 1.0;
    for (const int j : std::span(order).first(static_cast<std::size_t>(n))) {
      double along = 0.0;
      for (int k = 0; k < n; ++k) along += left[k] * gramian(k, j);
      if (j != i && along < 0.0) left[j] -= along / gramian(j, j);
    }
    for (int j = 0; j < n; ++j) weights[j] += left[j];
  }
  return weights;
}

TaskVector mgda_weights(const TaskMatrix& gramian) {
  return shortest_combination(gramian);
}

// The dual: with g_w = sum w_t g_t, minimise g_w . g_0 + c |g_0| |g_w| over the
// shares w; then d = g_0 + c |g_0| g_w / |g_w|. For a given length s of g_w,
// |g_w| is the least of (|g_w|^2 / s + s) / 2, and the best w is the shortest
// combination of the vectors g_t + s / (c |g_0|) g_0. What remains convex is s:
// it is found where |g_w| = s by halving.
TaskVector cagrad_weights(const TaskMatrix& gramian, double c) {
  constexpr int kHalvings = 50;
  constexpr double kShortest = 1e-4;  // of |g_0|; keeps a below c * 1e4
  const int n = gramian.size();
  const TaskMatrix scaled = in_units_of_the_longest(gramian);
  const TaskVector mean(n, 1.0 / n);
  const TaskVector on_mean = product(scaled, mean);
  const double mean_length = std::sqrt(square_norm(scaled, mean));
  const double radius = c * mean_length;
  if (!(radius > 0.0)) return mean;

  const auto shares = [&](double s) {
    return shortest_combination(shifted_by_mean(scaled, on_mean, s / radius));
  };
  const auto length = [&](const TaskVector& w) {
    return std::sqrt(square_norm(scaled, w));
  };
  double low = kShortest * mean_length;
  double high = 1.0;  // no combination is longer than the longest
  for (int i = 0; i < kHalvings; ++i) {
    const double middle = 0.5 * (low + high);
    (length(shares(middle)) > middle ? low : high) = middle;
  }
  TaskVector weights = shares(high);
  for (double& w : weights) w = 1.0 / n + w * radius / high;
  return weights;
}

TaskVector imtl_g_weights(const TaskMatrix& gramian) {
  const TaskVector norms = norms_of(gramian);
  TaskVector weights =
      power_of_ones(symmetric_eigen(cosines_of(gramian, norms)), -1.0);
  // At least 1 when d . u_t = 1 can be had; the bound keeps |d| <= 1 else.
  weights *= 1.0 / std::max(1.0, sum(weights));
  double inverse = 0.0;
  for (const double norm : norms) inverse += 1.0 / norm;
  for (int i = 0; i < norms.size(); ++i) {
    weights[i] *= norms.size() / inverse / norms[i];
  }
  return weights;
}

TaskVector nash_mtl_weights(const TaskMatrix& gramian) {
  constexpr double kRidge = 1e-8;
  const TaskVector norms = norms_of(gramian);
  TaskMatrix cosines = cosines_of(gramian, norms);
  for (int i = 0; i < norms.size(); ++i) cosines(i, i) += kRidge;
  TaskVector weights = bargain(cosines);
  for (int i = 0; i < norms.size(); ++i) weights[i] /= norms[i];
  return weights;
}

TaskVector aligned_mtl_weights(const TaskMatrix& gramian,
                               ComponentLength length) {
  const Eigen eigen = symmetric_eigen(in_units_of_the_longest(gramian));
  const double largest =
      *std::max_element(eigen.values.begin(), eigen.values.end());
  double square = largest;
  for (const double value : eigen.values) {
    if (value > kRank * largest) square = std::min(square, value);
  }
  if (length == ComponentLength::root_mean_square) {
    square = sum(eigen.values) / eigen.values.size();
  }
  TaskVector weights = power_of_ones(eigen, -0.5);
  weights *= std::sqrt(square);
  return weights;
}

// In units of the gradients' own lengths: u_i becomes sum v_j u_j with v = e_i
// + x, x >= 0, and least v^T C v.
TaskVector upgrad_weights(const TaskMatrix& gramian) {
  const int n = gramian.size();
  const TaskVector norms = norms_of(gramian);
  const TaskMatrix cosines = cosines_of(gramian, norms);
  TaskVector weights(n, 1.0 / n);
  for (int i = 0; i < n; ++i) {
    TaskVector row(n);
    for (int j = 0; j < n; ++j) row[j] = cosines(i, j);
    const TaskVector added = nonnegative_minimum(cosines, row);
    for (int j = 0; j < n; ++j)
      weights[j] += added[j] * norms[i] / norms[j] / n;
  }
  return weights;
}

}  // namespace polytask
