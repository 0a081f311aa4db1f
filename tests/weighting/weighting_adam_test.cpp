#include "polytask/weighting/weighting_adam.h"

#include <gtest/gtest.h>

#include <vector>

namespace polytask {
namespace {

// Under a constant gradient both corrected means are exact, so that every step
// is the rate, whatever the gradient's size.
TEST(ScalarAdam, AConstantGradientMovesByTheRateInEveryStep) {
  std::vector<double> state(8);
  ScalarAdam adam(state, 0.1);
  for (int step = 1; step <= 3; ++step) {
    adam.move(0, 40.0);
    EXPECT_NEAR(state[0], -0.1 * step, 1e-9);
  }
  EXPECT_EQ(state[1], 0.0);
}

// The second number begins later, and its correction with it.
TEST(ScalarAdam, ANumberCountsItsOwnSteps) {
  std::vector<double> state(8);
  ScalarAdam adam(state, 0.1);
  adam.move(0, 1.0);
  adam.move(0, 1.0);
  adam.move(1, -1.0);
  EXPECT_NEAR(state[1], 0.1, 1e-9);
}

}  // namespace
}  // namespace polytask
