#include "tests/support/gradient.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <vector>

namespace polytask::test {

void expect_gradient(
    const std::function<double(std::span<const float>)>& objective,
    std::span<const float> at, std::span<const float> gradient, double rel,
    double step) {
  ASSERT_EQ(at.size(), gradient.size());
  double largest = 1e-3;
  for (const float g : gradient)
    largest = std::max(largest, std::abs(double{g}));
  std::vector<float> point(at.begin(), at.end());
  for (std::size_t i = 0; i < at.size(); ++i) {
    point[i] = static_cast<float>(at[i] + step);
    const double above = point[i];
    const double high = objective(point);
    point[i] = static_cast<float>(at[i] - step);
    const double below = point[i];
    const double low = objective(point);
    point[i] = at[i];
    const double slope = (high - low) / (above - below);
    EXPECT_NEAR(gradient[i], slope, rel * largest) << "element " << i;
  }
}

}  // namespace polytask::test
