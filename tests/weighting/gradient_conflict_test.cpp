#include "polytask/weighting/gradient_conflict.h"

#include <gtest/gtest.h>

#include <cmath>
#include <optional>

#include "tests/support/expect_error.h"

namespace polytask {
namespace {

using Numbers = std::vector<double>;

// The cosine between gradients i and j in one step; nothing where one of them
// has no direction.
std::optional<double> cosine(const Numbers& gramian, int tasks, int i, int j) {
  ConflictMeter meter(tasks);
  meter.add(gramian);
  return meter.pair(i, j).mean_cosine();
}

TEST(Cosine, KnownValue) {
  // (2, 0), (-1, 1), (0, 3)
  const Numbers gramian{4, -2, 0, -2, 2, 3, 0, 3, 9};
  const double half = std::sqrt(0.5);
  EXPECT_NEAR(*cosine(gramian, 3, 0, 1), -half, 1e-15);
  EXPECT_NEAR(*cosine(gramian, 3, 0, 2), 0.0, 1e-15);
  EXPECT_NEAR(*cosine(gramian, 3, 1, 2), half, 1e-15);
}

TEST(Cosine, GradientWithoutLengthHasNone) {
  EXPECT_EQ(cosine(Numbers{4, 0, 0, 0}, 2, 0, 1), std::nullopt);
}

TEST(Cosine, RoundingNeverLeavesTheUnitInterval) {
  EXPECT_EQ(cosine(Numbers{1, 1.0000001, 1.0000001, 1}, 2, 0, 1), 1.0);
}

TEST(Cosine, WrongShapeIsAnError) {
  test::expect_error(
      Fault::shape,
      "gradient conflict: expected a Gramian of 2 x 2 numbers, got 3", [] {
        (void)cosine(Numbers{1, 0, 0}, 2, 0, 1);
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

TEST(ConflictMeter, NoTaskIsAnError) {
  test::expect_error(Fault::config,
                     "gradient conflict: expected >= 1 task, got 0",
                     [] { ConflictMeter meter(0); });
}

}  // namespace
}  // namespace polytask
