#include "polytask/network/initialize.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numeric>

namespace polytask {
namespace {

ParameterStore initialized(std::uint64_t seed) {
  ParameterStore store(ParameterLayout(
      std::vector<ParameterSpec>{{"conv/kernel", {3, 3, 16, 32}},
                                 {"conv/bias", {32}},
                                 {"dense/kernel", {100, 51}},
                                 {"twin/kernel", {100, 51}},
                                 {"dense/bias", {51}}}));
  std::ranges::fill(store.flat(), 99.0f);
  initialize_glorot_uniform(store, seed);
  return store;
}

std::vector<float> values(const ParameterStore& store, std::size_t index) {
  return {store[index].begin(), store[index].end()};
}

// sqrt(6 / (9 * (16 + 32))) and sqrt(6 / (100 + 51)).
TEST(GlorotUniform, StaysWithinItsLimitAndComesCloseToIt) {
  const ParameterStore store = initialized(1);
  for (const auto& [index, limit] : {std::pair{0, 0.1178511}, {2, 0.1993370}}) {
    const auto [low, high] = std::ranges::minmax(values(store, index));
    EXPECT_GE(low, -limit - 1e-6);
    EXPECT_LT(low, -0.99 * limit);
    EXPECT_LE(high, limit + 1e-6);
    EXPECT_GT(high, 0.99 * limit);
  }
}

// A uniform distribution up to r has mean 0 and variance r^2 / 3; five standard
// deviations of their estimates from n values.
TEST(GlorotUniform, IsCentredAndEven) {
  const std::vector<float> kernel = values(initialized(1), 0);
  const auto n = static_cast<double>(kernel.size());
  const double variance = 6.0 / 432.0 / 3.0;
  const double mean = std::accumulate(kernel.begin(), kernel.end(), 0.0) / n;
  EXPECT_NEAR(mean, 0.0, 5 * std::sqrt(variance / n));
  double squares = 0.0;
  for (const float v : kernel) squares += double{v} * v;
  EXPECT_NEAR(squares / n, variance, 5 * variance * std::sqrt(0.8 / n));
}

TEST(GlorotUniform, BiasesAreZero) {
  const ParameterStore store = initialized(1);
  EXPECT_EQ(values(store, 1), std::vector<float>(32, 0.0f));
  EXPECT_EQ(values(store, 4), std::vector<float>(51, 0.0f));
}

TEST(GlorotUniform, SeedDecidesEveryBit) {
  EXPECT_EQ(values(initialized(7), 0), values(initialized(7), 0));
  EXPECT_NE(values(initialized(7), 0), values(initialized(8), 0));
}

TEST(GlorotUniform, ArraysOfOneShapeDiffer) {
  const ParameterStore store = initialized(1);
  EXPECT_NE(values(store, 2), values(store, 3));
}

TEST(GlorotUniform, NoValueIsDrawnTwice) {
  std::vector<float> kernel = values(initialized(1), 0);
  std::ranges::sort(kernel);
  const auto repeated = std::ranges::adjacent_find(kernel);
  // 4608 of 2^32 words: a repetition has a chance of one in 400; the seed is
  // fixed, and this one has none.
  EXPECT_EQ(repeated, kernel.end());
}

}  // namespace
}  // namespace polytask
