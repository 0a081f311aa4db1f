// Adam's update of a range of weights; formula: optim/adam.h.
//
// Each element is computed with the same operations in the same order on every
// processor, so the bits are the same.

#pragma once

#include <span>

namespace polytask::kernels {

struct AdamFactors {
  float rate = 0.0f;    // a(t)
  float keep_1 = 0.0f;  // 1 - beta_1
  float keep_2 = 0.0f;  // 1 - beta_2
  float epsilon = 0.0f;
};

// Overwrites w, m and v, which are as long as g.
void adam(const AdamFactors& factors, std::span<const float> g,
          std::span<float> w, std::span<float> m, std::span<float> v);

}  // namespace polytask::kernels
