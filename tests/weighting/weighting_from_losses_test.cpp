#include "polytask/weighting/weighting_from_losses.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <vector>

namespace polytask {
namespace {

using Numbers = std::vector<double>;
constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
constexpr double kRounding = 1e-12;

void expect_numbers(const Numbers& found, const Numbers& expected) {
  ASSERT_EQ(found.size(), expected.size());
  for (std::size_t i = 0; i < found.size(); ++i) {
    EXPECT_NEAR(found[i], expected[i], kRounding);
  }
}

double sum(const Numbers& x) {
  return std::accumulate(x.begin(), x.end(), 0.0);
}

TEST(Softmax, KnownValueAndHugeNumbers) {
  Numbers x{std::log(1.0), std::log(3.0)};
  softmax(x);
  expect_numbers(x, {.25, .75});
  Numbers far{-1e300, 1e300};
  softmax(far);
  expect_numbers(far, {0, 1});
}

TEST(Uncertainty, IsStationaryWhereTheLogVarianceIsTheLogLoss) {
  for (const double loss : {1e-3, 0.7, 1.0, 20.0}) {
    EXPECT_NEAR(uncertainty_slope(std::log(loss), loss), 0.0, kRounding);
  }
}

TEST(Uncertainty, WeightAndSlopeAreTheGradientsOfTheObjective) {
  const double s = 0.3;
  const double loss = 1.7;
  const auto objective = [](double at_s, double at_loss) {
    return at_loss / (2.0 * std::exp(at_s)) + at_s / 2.0;
  };
  const double h = 1e-5;
  EXPECT_NEAR(uncertainty_weight(s),
              (objective(s, loss + h) - objective(s, loss - h)) / (2 * h),
              1e-9);
  EXPECT_NEAR(uncertainty_slope(s, loss),
              (objective(s + h, loss) - objective(s - h, loss)) / (2 * h),
              1e-9);
}

TEST(Dwa, KnownValue) {
  // Ratios 1/2 and 2; softmax(1/4, 1).
  Numbers w(2, kNaN);
  dwa_weights(Numbers{1, 2}, Numbers{2, 1}, 2.0, w);
  const double share = 1.0 / (1.0 + std::exp(0.75));
  expect_numbers(w, {2 * share, 2 * (1 - share)});
}

TEST(Dwa, WithoutTwoEpochsIsEqual) {
  Numbers w(3, kNaN);
  dwa_weights(Numbers{0, 0, 0}, Numbers{0, 0, 0}, 2.0, w);
  expect_numbers(w, {1, 1, 1});
  dwa_weights(Numbers{3, 1, 2}, Numbers{0, 0, 0}, 2.0, w);
  expect_numbers(w, {1, 1, 1});
  dwa_weights(Numbers{0, -1, 2}, Numbers{3, 1, 2}, 2.0, w);
  expect_numbers(w, {1, 1, 1});
}

TEST(Dwa, SumsToTheNumberOfTasksWhateverTheLosses) {
  Numbers w(3, kNaN);
  dwa_weights(Numbers{1e90, 1e-90, 5}, Numbers{1e-90, 1e90, 4}, 1e-6, w);
  EXPECT_NEAR(sum(w), 3.0, kRounding);
}

TEST(Dwa, HighTemperatureIsNearlyEqual) {
  Numbers w(2, kNaN);
  dwa_weights(Numbers{1, 2}, Numbers{2, 1}, 1e9, w);
  EXPECT_NEAR(w[0], 1.0, 1e-8);
}

TEST(Rlw, SumsToOneAndDependsOnTheAddressAlone) {
  const std::vector<int> all{0, 1, 2};
  const std::vector<int> without_one{0, 2};
  const PhiloxKey key = random_key(4, RandomUse::weighting);
  Numbers w(3, kNaN);
  rlw_weights({.key = key, .step = 5, .tasks = all}, w);
  EXPECT_NEAR(sum(w), 1.0, kRounding);
  Numbers two(2, kNaN);
  rlw_weights({.key = key, .step = 5, .tasks = without_one}, two);
  EXPECT_NEAR(two[0] / two[1], w[0] / w[2], kRounding);
  Numbers later(3, kNaN);
  rlw_weights({.key = key, .step = 6, .tasks = all}, later);
  EXPECT_NE(later, w);
  rlw_weights({.key = key, .step = 5 + (std::int64_t{1} << 32), .tasks = all},
              later);
  EXPECT_NE(later, w);
}

TEST(Rlw, LogRatiosAreDifferencesOfStandardNormals) {
  const std::vector<int> tasks{0, 1};
  const int draws = 20000;
  double first = 0.0;
  double second = 0.0;
  double fourth = 0.0;
  Numbers w(2);
  for (int step = 0; step < draws; ++step) {
    rlw_weights({.key = random_key(1, RandomUse::weighting),
                 .step = step,
                 .tasks = tasks},
                w);
    const double x = std::log(w[0] / w[1]);
    first += x / draws;
    second += x * x / draws;
    fourth += x * x * x * x / draws;
  }
  // Mean 0, variance 2, kurtosis 3; four standard errors.
  EXPECT_NEAR(first, 0.0, 0.04);
  EXPECT_NEAR(second, 2.0, 0.08);
  EXPECT_NEAR(fourth / (second * second), 3.0, 0.14);
}

TEST(Gls, IsTheGradientOfTheGeometricMean) {
  // sqrt(1 * 4) = 2: 2 / (2 * 1) and 2 / (2 * 4).
  Numbers w(2, kNaN);
  gls_weights(Numbers{1, 4}, w);
  expect_numbers(w, {1, .25});
}

TEST(Gls, WeightTimesLossIsTheSameForAll) {
  const Numbers losses{0.02, 3, 700};
  Numbers w(3, kNaN);
  gls_weights(losses, w);
  EXPECT_NEAR(w[0] * losses[0], w[1] * losses[1], kRounding);
  EXPECT_NEAR(w[0] * losses[0], w[2] * losses[2], kRounding);
}

TEST(Stch, IsTheGradientOfTheSmoothMaximum) {
  const Numbers losses{0.5, 2, 1};
  const Numbers reference{1, 1.5, 3};
  for (const double mu : {0.1, 1.0, 10.0}) {
    Numbers w(3, kNaN);
    stch_weights(losses, reference, mu, w);
    for (std::size_t t = 0; t < 3; ++t) {
      const double h = 1e-5;
      Numbers above = losses;
      Numbers below = losses;
      above[t] += h;
      below[t] -= h;
      EXPECT_NEAR(w[t],
                  (smooth_maximum(above, reference, mu) -
                   smooth_maximum(below, reference, mu)) /
                      (2 * h),
                  1e-8);
    }
  }
}

TEST(Stch, LiesWithinItsBounds) {
  const Numbers losses{0.5, 2, 1};
  const Numbers reference{1, 1.5, 3};
  const double largest = std::log(2 / 1.5);
  for (const double mu : {1e-6, 0.1, 1.0, 10.0}) {
    const double found = smooth_maximum(losses, reference, mu);
    EXPECT_GE(found, largest);
    EXPECT_LE(found, largest + mu * std::log(3.0));
  }
  // All equal: the upper bound.
  EXPECT_NEAR(smooth_maximum(Numbers{2, 2}, Numbers{1, 1}, 1.0),
              2 * std::log(2.0), kRounding);
}

TEST(Stch, SmallMuIsTheWorstTaskAlone) {
  Numbers w(3, kNaN);
  stch_weights(Numbers{0.5, 2, 1}, Numbers{1, 1.5, 3}, 1e-6, w);
  expect_numbers(w, {0, 0.5, 0});
}

TEST(Famo, FirstStepIsInverseToTheLosses) {
  Numbers w(2, kNaN);
  famo_weights(Numbers{1, 3}, Numbers{0, 0}, w);
  expect_numbers(w, {.75, .25});
}

TEST(Famo, KnownValueWithLogits) {
  // z = (.25, .75): .25 / 1 and .75 / 3 are equal.
  Numbers w(2, kNaN);
  famo_weights(Numbers{1, 3}, Numbers{0, std::log(3.0)}, w);
  expect_numbers(w, {.5, .5});
}

TEST(LossWeights, AreFiniteForLossesOfZeroAndBelow) {
  const Numbers losses{0, -3, 1e100};
  const Numbers ones{1, 1, 1};
  Numbers w(3, kNaN);
  const auto all_finite = [&] {
    return std::ranges::all_of(w, [](double v) { return std::isfinite(v); });
  };
  gls_weights(losses, w);
  EXPECT_TRUE(all_finite());
  stch_weights(losses, ones, 1.0, w);
  EXPECT_TRUE(all_finite());
  famo_weights(losses, ones, w);
  EXPECT_TRUE(all_finite());
  dwa_weights(losses, ones, 2.0, w);
  EXPECT_TRUE(all_finite());
}

}  // namespace
}  // namespace polytask
