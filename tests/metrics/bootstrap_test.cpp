#include "polytask/metrics/bootstrap.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <random>

#include "polytask/metrics/resampling.h"
#include "tests/support/expect_error.h"

namespace polytask {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();
constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

std::vector<double> normal_values(std::size_t count, unsigned seed) {
  std::mt19937 rng(seed);
  std::normal_distribution<double> normal;
  std::vector<double> values(count);
  for (double& v : values) v = normal(rng);
  return values;
}

TEST(Bootstrap, MeanStandsBetweenItsLimits) {
  const std::vector<double> values{1.0, 2.0, 3.0, 6.0};
  const Number mean = mean_with_interval(values);
  EXPECT_EQ(mean.value, 3.0);
  EXPECT_EQ(mean.n, 4);
  EXPECT_LT(*mean.low, 3.0);
  EXPECT_GT(*mean.high, 3.0);
  EXPECT_GE(*mean.low, 1.0);
  EXPECT_LE(*mean.high, 6.0);
}

TEST(Bootstrap, WidthIsThatOfTheStandardError) {
  const std::vector<double> values = normal_values(400, 1);
  const Number mean = mean_with_interval(values);
  EXPECT_NEAR(*mean.high - *mean.low, 2 * 1.96 / std::sqrt(400.0), 0.02);
}

TEST(Bootstrap, NinetyFiveOfAHundredIntervalsHoldTheTruth) {
  int hits = 0;
  for (unsigned seed = 0; seed < 200; ++seed) {
    const Number mean = mean_with_interval(normal_values(50, seed),
                                           {.resamples = 200, .seed = seed});
    if (*mean.low <= 0.0 && *mean.high >= 0.0) ++hits;
  }
  EXPECT_GE(hits, 178);  // 190 expected, standard deviation 3.1
  EXPECT_LE(hits, 199);
}

TEST(Bootstrap, SameSeedSameInterval) {
  const std::vector<double> values = normal_values(30, 2);
  const Number first = mean_with_interval(values, {.seed = 5});
  const Number again = mean_with_interval(values, {.seed = 5});
  const Number other = mean_with_interval(values, {.seed = 6});
  EXPECT_EQ(first.low, again.low);
  EXPECT_EQ(first.high, again.high);
  EXPECT_NE(first.low, other.low);
}

TEST(Bootstrap, RatioIsOfSumsNotAMeanOfRatios) {
  const std::vector<RatioTerm> terms{{1.0, 1.0}, {6.0, 3.0}};
  EXPECT_EQ(ratio_with_interval(terms, 5.0).value, 5.0 * 7.0 / 4.0);
}

// Whichever images are drawn, 2 for each unit of weight.
TEST(Bootstrap, IntervalOfARatioWeighsTheImages) {
  const std::vector<RatioTerm> terms{{2, 1}, {6, 3}, {10, 5}, {0.5, 0.25}};
  const Number number = ratio_with_interval(terms, 1.0);
  EXPECT_EQ(number.low, 2.0);
  EXPECT_EQ(number.high, 2.0);
}

TEST(Bootstrap, AnImageWithoutWeightChangesNothingButTheDraws) {
  const std::vector<RatioTerm> terms{{1.0, 1.0}, {kNaN, 0.0}, {3.0, 1.0}};
  const Number number = ratio_with_interval(terms, 1.0);
  EXPECT_EQ(number.value, 2.0);
  EXPECT_EQ(number.n, 2);
  EXPECT_TRUE(std::isfinite(*number.low));
  EXPECT_TRUE(std::isfinite(*number.high));
}

TEST(Bootstrap, OneImageHasNoInterval) {
  const Number number = mean_with_interval(std::vector<double>{2.0});
  EXPECT_EQ(number.value, 2.0);
  EXPECT_EQ(number.low, std::nullopt);
  EXPECT_EQ(number.high, std::nullopt);
}

TEST(Bootstrap, WithoutResamplesThereIsNoInterval) {
  const Number number =
      mean_with_interval(std::vector<double>{2.0, 3.0}, {.resamples = 0});
  EXPECT_EQ(number.value, 2.5);
  EXPECT_EQ(number.low, std::nullopt);
}

TEST(Bootstrap, NoImageIsUndefined) {
  const Number number = mean_with_interval({});
  EXPECT_EQ(number.value, std::nullopt);
  EXPECT_EQ(number.n, 0);
  EXPECT_EQ(number.reason, "no observed image");
}

TEST(Bootstrap, WhatIsNotFiniteIsAbsentAndSaysSo) {
  for (const double bad : {kNaN, kInfinity, -kInfinity}) {
    const Number number = mean_with_interval(std::vector<double>{1.0, bad});
    EXPECT_EQ(number.value, std::nullopt);
    EXPECT_EQ(number.low, std::nullopt);
    EXPECT_EQ(number.reason, "not finite");
  }
}

TEST(Bootstrap, NegativeResamplesAreRefused) {
  test::expect_error(
      Fault::config, "bootstrap resamples: expected 0 or more, found -1", [] {
        (void)mean_with_interval(std::vector<double>{1.0}, {.resamples = -1});
      });
}

TEST(Resampling, EveryDrawHasAsManyImages) {
  Resampling resampling(37, {});
  for (int r = 0; r < 20; ++r) {
    std::uint32_t sum = 0;
    for (const std::uint32_t times : resampling.draw(r)) sum += times;
    EXPECT_EQ(sum, 37u);
  }
}

TEST(Resampling, ADrawIsTheSameEveryTime) {
  Resampling resampling(37, {});
  const auto span = resampling.draw(3);
  const std::vector<std::uint32_t> third(span.begin(), span.end());
  const auto fourth = resampling.draw(4);
  EXPECT_FALSE(std::equal(third.begin(), third.end(), fourth.begin()));
  const auto again = resampling.draw(3);
  EXPECT_TRUE(std::equal(third.begin(), third.end(), again.begin()));
}

TEST(Resampling, EveryImageIsDrawnEquallyOften) {
  Resampling resampling(10, {});
  std::vector<double> drawn(10);
  for (int r = 0; r < 1000; ++r) {
    const auto times = resampling.draw(r);
    for (std::size_t i = 0; i < 10; ++i) drawn[i] += times[i];
  }
  for (const double times : drawn) EXPECT_NEAR(times, 1000.0, 120.0);
}

TEST(Resampling, IntervalIsTheMiddleNinetyFivePercent) {
  std::vector<double> drawn;
  for (int i = 1000; i >= 0; --i) drawn.push_back(i);
  Number number{.value = 500.0};
  set_interval(drawn, number);
  EXPECT_EQ(number.low, 25.0);
  EXPECT_EQ(number.high, 975.0);
}

TEST(Resampling, QuantilesAreInterpolated) {
  std::vector<double> drawn{0.0, 1.0};
  Number number{.value = 0.5};
  set_interval(drawn, number);
  EXPECT_NEAR(*number.low, 0.025, 1e-15);
  EXPECT_NEAR(*number.high, 0.975, 1e-15);
}

TEST(Resampling, DrawsWithoutAValueAreLeftOutUpToHalf) {
  std::vector<double> most{kNaN, 1.0, 1.0};
  std::vector<double> half{kNaN, 1.0};
  Number with{.value = 1.0}, without{.value = 1.0};
  set_interval(most, with);
  set_interval(half, without);
  EXPECT_EQ(with.low, 1.0);
  EXPECT_EQ(without.low, std::nullopt);
}

}  // namespace
}  // namespace polytask
