// The plain loop that says what a matrix product with strides is.

#pragma once

#include <cstddef>
#include <vector>

namespace polytask::reference {

struct Strides {
  int row = 0;
  int column = 1;
};

// c[i, j] = sum over k of a[i, k] * b[k, j]; c is [m, n] without gaps.
inline std::vector<double> matmul(int m, int k, int n,
                                  const std::vector<float>& a, Strides sa,
                                  const std::vector<float>& b, Strides sb) {
  std::vector<double> c;
  for (int i = 0; i < m; ++i) {
    for (int j = 0; j < n; ++j) {
      double sum = 0.0;
      for (int p = 0; p < k; ++p) {
        sum += double{a[i * sa.row + p * sa.column]} *
               double{b[p * sb.row + j * sb.column]};
      }
      c.push_back(sum);
    }
  }
  return c;
}

}  // namespace polytask::reference
