// Vectors over tasks and [T, T] matrices of a fixed capacity.
//
// They live on the stack (a matrix takes 32 KiB), so that a weighting can be
// computed in the middle of a training step without allocating.

#pragma once

#include <array>
#include <cassert>
#include <cstddef>
#include <initializer_list>
#include <span>

#include "polytask/weighting/weighting.h"

namespace polytask {

// T numbers, T <= kMaxGramianTasks.
class TaskVector {
 public:
  explicit TaskVector(int size, double fill = 0.0) : size_(size) {
    assert(size >= 0 && size <= kMaxGramianTasks);
    for (double& v : *this) v = fill;
  }
  TaskVector(std::initializer_list<double> values)
      : TaskVector(static_cast<int>(values.size())) {
    double* to = begin();
    for (const double v : values) *to++ = v;
  }

  [[nodiscard]] int size() const { return size_; }
  double& operator[](int i) { return values_[static_cast<std::size_t>(i)]; }
  double operator[](int i) const {
    return values_[static_cast<std::size_t>(i)];
  }
  double* begin() { return values_.data(); }
  double* end() { return values_.data() + size_; }
  [[nodiscard]] const double* begin() const { return values_.data(); }
  [[nodiscard]] const double* end() const { return values_.data() + size_; }

  TaskVector& operator*=(double factor) {
    for (double& v : *this) v *= factor;
    return *this;
  }

 private:
  int size_;
  std::array<double, kMaxGramianTasks> values_{};
};

// [T, T], T <= kMaxGramianTasks.
class TaskMatrix {
 public:
  explicit TaskMatrix(int size) : size_(size) {
    assert(size >= 0 && size <= kMaxGramianTasks);
  }
  // Rows one after another.
  TaskMatrix(int size, std::span<const double> values) : TaskMatrix(size) {
    assert(std::ssize(values) == std::ptrdiff_t{size} * size);
    auto value = values.begin();
    for (int i = 0; i < size; ++i) {
      for (int j = 0; j < size; ++j) (*this)(i, j) = *value++;
    }
  }

  [[nodiscard]] int size() const { return size_; }
  double& operator()(int i, int j) { return values_[at(i, j)]; }
  double operator()(int i, int j) const { return values_[at(i, j)]; }

 private:
  [[nodiscard]] std::size_t at(int i, int j) const {
    return static_cast<std::size_t>(i) * static_cast<std::size_t>(size_) +
           static_cast<std::size_t>(j);
  }

  int size_;
  std::array<double, kMaxGramianTasks * kMaxGramianTasks> values_{};
};

[[nodiscard]] double sum(const TaskVector& x);
[[nodiscard]] double dot(const TaskVector& x, const TaskVector& y);
[[nodiscard]] TaskVector product(const TaskMatrix& a, const TaskVector& x);

// x^T A x, but never below 0: A is a Gramian, and rounding is not.
[[nodiscard]] double square_norm(const TaskMatrix& a, const TaskVector& x);

// Solves A x = b for a symmetric A by Cholesky, writing x over b. False, with b
// spoilt, when a pivot falls below `smallest_pivot` times its diagonal element:
// A is not positive definite beyond that.
[[nodiscard]] bool solve_positive(TaskMatrix a, TaskVector& b,
                                  double smallest_pivot = 1e-14);

// A = sum over k of values[k] v_k v_k^T for a symmetric A; v_k, of length 1, is
// column k of `vectors`. By Jacobi's rotations in a fixed order.
struct Eigen {
  TaskVector values;  // in no order
  TaskMatrix vectors;
};
[[nodiscard]] Eigen symmetric_eigen(TaskMatrix a);

}  // namespace polytask
