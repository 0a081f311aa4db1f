#include "polytask/weighting/gradient_conflict.h"

#include <gtest/gtest.h>

#include <cmath>

#include "tests/support/expect_error.h"

namespace polytask {
namespace {

using Numbers = std::vector<double>;

TEST(CosineMatrix, KnownValue) {
  // (2, 0), (-1, 1), (0, 3)
  const Numbers found = cosine_matrix(Numbers{4, -2, 0, -2, 2, 3, 0, 3, 9}, 3);
  const double half = std::sqrt(0.5);
  const Numbers expected{1, -half, 0, -half, 1, half, 0, half, 1};
  for (std::size_t i = 0; i < 9; ++i) EXPECT_NEAR(found[i], expected[i], 1e-15);
}

TEST(CosineMatrix, GradientWithoutLengthHasNoCosine) {
  const Numbers found = cosine_matrix(Numbers{4, 0, 0, 0}, 2);
  EXPECT_EQ(found[0], 1.0);
  EXPECT_TRUE(std::isnan(found[1]));
  EXPECT_TRUE(std::isnan(found[3]));
}

TEST(CosineMatrix, DiagonalIsExactlyOne) {
  for (const double square : {0.1, 0.2, 0.3, 0.7, 1e-300}) {
    EXPECT_EQ(cosine_matrix(Numbers{square}, 1)[0], 1.0);
  }
}

TEST(CosineMatrix, RoundingNeverLeavesTheUnitInterval) {
  const Numbers found = cosine_matrix(Numbers{1, 1.0000001, 1.0000001, 1}, 2);
  EXPECT_EQ(found[1], 1.0);
}

TEST(CosineMatrix, WrongShapeIsAnError) {
  test::expect_error(
      Fault::shape,
      "gradient conflict: expected a Gramian of 2 x 2 numbers, got 3", [] {
        (void)cosine_matrix(Numbers{1, 0, 0}, 2);
      });
}

TEST(ConflictMeter, CountsConflictsPairByPair) {
  ConflictMeter meter(3);
  meter.add(Numbers{1, -.5, .5, -.5, 1, 0, .5, 0, 1});
  meter.add(Numbers{1, .25, -.5, .25, 1, 0, -.5, 0, 1});
  meter.add(Numbers{1, .5, 1, .5, 1, 0, 1, 0, 1});
  EXPECT_NEAR(*meter.pair(0, 1).mean_cosine(), 0.25 / 3, 1e-15);
  EXPECT_EQ(meter.pair(0, 1).conflicts, 1);
  EXPECT_EQ(meter.pair(1, 0), meter.pair(0, 1));
  EXPECT_NEAR(*meter.pair(0, 2).mean_cosine(), 1.0 / 3, 1e-15);
  EXPECT_EQ(*meter.pair(1, 2).conflict_share(), 0.0);
  EXPECT_NEAR(*meter.conflict_share(), 2.0 / 3, 1e-15);
  EXPECT_EQ(meter.steps(), 3);
}

TEST(ConflictMeter, AbsentTaskDoesNotCount) {
  ConflictMeter meter(2);
  meter.add(Numbers{1, 0, 0, 0});
  EXPECT_EQ(meter.steps(), 1);
  EXPECT_EQ(meter.pair(0, 1).mean_cosine(), std::nullopt);
  EXPECT_EQ(meter.pair(0, 1).conflict_share(), std::nullopt);
  EXPECT_EQ(meter.conflict_share(), std::nullopt);
  meter.add(Numbers{1, -1, -1, 4});
  EXPECT_EQ(meter.pair(0, 1).mean_cosine(), -0.5);
  EXPECT_EQ(meter.conflict_share(), 1.0);
}

TEST(ConflictMeter, StepThatIsNotFiniteIsLeftOut) {
  ConflictMeter meter(2);
  meter.add(Numbers{1, std::nan(""), 0, 1});
  EXPECT_EQ(meter.steps(), 0);
}

TEST(ConflictMeter, SharesOfLengthsAreMeansOverSteps) {
  ConflictMeter meter(2);
  EXPECT_EQ(meter.norm_shares(), (Numbers{0, 0}));
  meter.add(Numbers{9, 0, 0, 1});
  meter.add(Numbers{0, 0, 0, 0});
  meter.add(Numbers{1, 0, 0, 1});
  EXPECT_EQ(meter.norm_shares(), (Numbers{0.625, 0.375}));
}

TEST(ConflictMeter, NoTaskIsAnError) {
  test::expect_error(Fault::config,
                     "gradient conflict: expected >= 1 task, got 0",
                     [] { ConflictMeter meter(0); });
}

}  // namespace
}  // namespace polytask
