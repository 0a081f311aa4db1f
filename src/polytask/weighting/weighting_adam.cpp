#include "polytask/weighting/weighting_adam.h"

#include <algorithm>
#include <cmath>

namespace polytask {

void ScalarAdam::move(int index, double gradient) {
  constexpr double kBeta1 = 0.9;
  constexpr double kBeta2 = 0.999;
  constexpr double kEpsilon = 1e-8;
  const auto i = static_cast<std::size_t>(index);
  m_[i] += (1.0 - kBeta1) * (gradient - m_[i]);
  v_[i] += (1.0 - kBeta2) * (gradient * gradient - v_[i]);
  k_[i] += 1.0;
  const double mean = m_[i] / (1.0 - std::pow(kBeta1, k_[i]));
  const double square = v_[i] / (1.0 - std::pow(kBeta2, k_[i]));
  values_[i] -= rate_ * mean / (std::sqrt(square) + kEpsilon);
}

bool is_adam_state(std::span<const double> state) {
  const auto not_negative = [](double v) { return v >= 0.0; };
  return std::ranges::all_of(state.last(state.size() / 2), not_negative);
}

}  // namespace polytask
