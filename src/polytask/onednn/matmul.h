// A matrix product over oneDNN: c = a * b, each with strides of its own.
//
//   c[i, j] = sum over k of a[i, k] * b[k, j]     a [m, k], b [k, n], c [m, n]
//
// Strides make transposed matrices and blocks of larger ones free. Thread rules
// as for Convolution: planned for one thread, const, scratch from the caller.

#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

namespace polytask::onednn {

struct MatrixStrides {
  int row = 0;     // floats from one row to the next
  int column = 1;  // floats from one column to the next
};

struct MatmulOptions {
  int m = 0;
  int k = 0;
  int n = 0;
  MatrixStrides a;
  MatrixStrides b;
  MatrixStrides c;
};

class Matmul {
 public:
  // Throws Fault::backend, naming `owner`, when oneDNN has no implementation.
  Matmul(std::string_view owner, const MatmulOptions& options);
  ~Matmul();
  Matmul(Matmul&&) noexcept;
  Matmul& operator=(Matmul&&) noexcept;

  [[nodiscard]] std::size_t scratch_count() const;  // floats
  [[nodiscard]] std::string implementation() const;

  // Overwrites c.
  void execute(const float* a, const float* b, float* c, float* scratch) const;

 private:
  struct Primitive;
  std::unique_ptr<const Primitive> primitive_;
};

}  // namespace polytask::onednn
