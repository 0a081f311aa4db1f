#include "polytask/weighting/weighting_matrix.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace polytask {
namespace {

double off_diagonal(const TaskMatrix& a) {
  double found = 0.0;
  for (int i = 0; i < a.size(); ++i) {
    for (int j = 0; j < i; ++j) found += a(i, j) * a(i, j);
  }
  return found;
}

// The rotation that makes a(p, q) zero.
struct Rotation {
  double cosine;
  double sine;
};
Rotation rotation_of(const TaskMatrix& a, int p, int q) {
  const double theta = (a(q, q) - a(p, p)) / (2.0 * a(p, q));
  const double tangent =
      std::copysign(1.0, theta) / (std::abs(theta) + std::hypot(1.0, theta));
  const double cosine = 1.0 / std::hypot(1.0, tangent);
  return {cosine, tangent * cosine};
}

void rotate_columns(TaskMatrix& a, int p, int q, Rotation r) {
  for (int k = 0; k < a.size(); ++k) {
    const double kp = a(k, p);
    const double kq = a(k, q);
    a(k, p) = r.cosine * kp - r.sine * kq;
    a(k, q) = r.sine * kp + r.cosine * kq;
  }
}

void rotate_rows(TaskMatrix& a, int p, int q, Rotation r) {
  for (int k = 0; k < a.size(); ++k) {
    const double pk = a(p, k);
    const double qk = a(q, k);
    a(p, k) = r.cosine * pk - r.sine * qk;
    a(q, k) = r.sine * pk + r.cosine * qk;
  }
}

}  // namespace

double sum(const TaskVector& x) {
  return std::accumulate(x.begin(), x.end(), 0.0);
}

double dot(const TaskVector& x, const TaskVector& y) {
  return std::inner_product(x.begin(), x.end(), y.begin(), 0.0);
}

TaskVector product(const TaskMatrix& a, const TaskVector& x) {
  TaskVector result(a.size());
  for (int i = 0; i < a.size(); ++i) {
    for (int j = 0; j < a.size(); ++j) result[i] += a(i, j) * x[j];
  }
  return result;
}

double square_norm(const TaskMatrix& a, const TaskVector& x) {
  return std::max(0.0, dot(x, product(a, x)));
}

bool solve_positive(TaskMatrix a, TaskVector& b, double smallest_pivot) {
  const int n = a.size();
  for (int j = 0; j < n; ++j) {
    const double diagonal = a(j, j);
    double pivot = diagonal;
    for (int k = 0; k < j; ++k) pivot -= a(j, k) * a(j, k);
    if (!(pivot > smallest_pivot * diagonal)) return false;
    a(j, j) = std::sqrt(pivot);
    for (int i = j + 1; i < n; ++i) {
      for (int k = 0; k < j; ++k) a(i, j) -= a(i, k) * a(j, k);
      a(i, j) /= a(j, j);
    }
  }
  for (int i = 0; i < n; ++i) {
    for (int k = 0; k < i; ++k) b[i] -= a(i, k) * b[k];
    b[i] /= a(i, i);
  }
  for (int i = n - 1; i >= 0; --i) {
    for (int k = i + 1; k < n; ++k) b[i] -= a(k, i) * b[k];
    b[i] /= a(i, i);
  }
  return true;
}

Eigen symmetric_eigen(TaskMatrix a) {
  // Each sweep squares what is left off the diagonal: ten are plenty.
  constexpr int kSweeps = 30;
  constexpr double kRounding = 1e-18;  // of the trace
  const int n = a.size();
  Eigen eigen{TaskVector(n), TaskMatrix(n)};
  double trace = 0.0;
  for (int i = 0; i < n; ++i) {
    eigen.vectors(i, i) = 1.0;
    trace += a(i, i);
  }
  const double left = kRounding * kRounding * trace * trace;
  for (int sweep = 0; sweep < kSweeps && off_diagonal(a) > left; ++sweep) {
    for (int p = 0; p < n; ++p) {
      for (int q = p + 1; q < n; ++q) {
        if (a(p, q) == 0.0) continue;
        const Rotation r = rotation_of(a, p, q);
        rotate_columns(a, p, q, r);
        rotate_rows(a, p, q, r);
        a(p, q) = a(q, p) = 0.0;
        rotate_columns(eigen.vectors, p, q, r);
      }
    }
  }
  for (int i = 0; i < n; ++i) eigen.values[i] = a(i, i);
  return eigen;
}

}  // namespace polytask
