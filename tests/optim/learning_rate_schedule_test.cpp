#include "polytask/optim/adam_options.h"

#include <gtest/gtest.h>

#include <cmath>

namespace polytask {
namespace {

using enum LearningRateSchedule;

TEST(LearningRateSchedule, ConstantStays) {
  for (const std::int64_t step : {1, 2, 50, 100}) {
    EXPECT_EQ(learning_rate_factor(constant, step, 100), 1.0);
  }
}

// cos at multiples of 30 degrees.
TEST(LearningRateSchedule, CosineInSixSteps) {
  const double root = std::sqrt(3.0);
  const double expected[] = {1.0,  (2.0 + root) / 4.0, 0.75, 0.5,
                             0.25, (2.0 - root) / 4.0};
  for (int step = 1; step <= 6; ++step) {
    EXPECT_NEAR(learning_rate_factor(cosine, step, 6), expected[step - 1],
                1e-15)
        << "step " << step;
  }
}

TEST(LearningRateSchedule, CosineFallsButNeverToZero) {
  double before = 1.0 + 1e-9;
  for (int step = 1; step <= 1000; ++step) {
    const double factor = learning_rate_factor(cosine, step, 1000);
    EXPECT_LT(factor, before) << "step " << step;
    EXPECT_GT(factor, 0.0) << "step " << step;
    before = factor;
  }
}

TEST(LearningRateSchedule, ASingleStepIsWhole) {
  EXPECT_EQ(learning_rate_factor(cosine, 1, 1), 1.0);
}

}  // namespace
}  // namespace polytask
