#include "polytask/kernels/dropout.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

namespace polytask::kernels {
namespace {

constexpr float kNaN = std::numeric_limits<float>::quiet_NaN();
constexpr ImageKey kKey{.seed = 1, .epoch = 2, .sample = 3};

// What is left of ones.
std::vector<float> dropped(const ImageKey& key, double rate, std::size_t count,
                           std::uint32_t layer = 0) {
  const std::vector<float> src(count, 1.0f);
  std::vector<float> dst(count, kNaN);
  std::vector<std::uint8_t> kept(bit_bytes(count));
  dropout(key, layer, rate, src, dst, kept);
  return dst;
}

std::size_t zeros(const std::vector<float>& values) {
  return static_cast<std::size_t>(std::ranges::count(values, 0.0f));
}

// Five standard deviations of the binomial distribution.
TEST(Dropout, DropsItsShare) {
  constexpr std::size_t kCount = 100000;
  for (const double rate : {0.1, 0.25, 0.5, 0.9}) {
    const double share =
        static_cast<double>(zeros(dropped(kKey, rate, kCount))) / kCount;
    EXPECT_NEAR(share, rate, 5 * std::sqrt(rate * (1 - rate) / kCount));
  }
}

// The expectation of dst is src.
TEST(Dropout, WhatIsKeptGrowsByTheShareThatIsKept) {
  for (const float v : dropped(kKey, 0.75, 1000)) {
    EXPECT_TRUE(v == 0.0f || v == 4.0f) << v;
  }
}

TEST(Dropout, RateZeroKeepsEverythingAsItIs) {
  EXPECT_EQ(zeros(dropped(kKey, 0.0, 1000)), 0u);
  EXPECT_EQ(dropped(kKey, 0.0, 3), (std::vector<float>{1, 1, 1}));
}

TEST(Dropout, EveryPartOfTheKeyChangesTheMask) {
  const std::vector<float> mask = dropped(kKey, 0.5, 256);
  EXPECT_EQ(dropped(kKey, 0.5, 256), mask);
  const ImageKey k = kKey;
  EXPECT_NE(dropped({k.seed + 1, k.epoch, k.sample}, 0.5, 256), mask);
  EXPECT_NE(dropped({k.seed, k.epoch + 1, k.sample}, 0.5, 256), mask);
  EXPECT_NE(dropped({k.seed, k.epoch, k.sample + 1}, 0.5, 256), mask);
  EXPECT_NE(dropped(kKey, 0.5, 256, 1), mask);
}

// Neighbouring elements share a 32-bit word; their halves must not agree more
// often than chance. Five standard deviations.
TEST(Dropout, NeighboursAreIndependent) {
  constexpr std::size_t kCount = 100000;
  const std::vector<float> mask = dropped(kKey, 0.5, kCount);
  for (const std::size_t distance : {1u, 2u, 4u, 8u}) {
    int equal = 0;
    for (std::size_t i = distance; i < kCount; ++i) {
      equal += mask[i] == mask[i - distance] ? 1 : 0;
    }
    EXPECT_NEAR(equal, kCount / 2.0, 5 * std::sqrt(kCount / 4.0)) << distance;
  }
}

TEST(Dropout, BackwardPassesWhatForwardKept) {
  for (const std::size_t count : {1u, 7u, 8u, 9u, 100u}) {
    const std::vector<float> src(count, 1.0f);
    std::vector<float> dst(count, kNaN);
    std::vector<std::uint8_t> kept(bit_bytes(count));
    dropout(kKey, 0, 0.5, src, dst, kept);
    const std::vector<float> diff_dst(count, 1.0f);
    std::vector<float> diff_src(count, kNaN);
    dropout_backward(0.5, diff_dst, kept, diff_src);
    EXPECT_EQ(diff_src, dst);
  }
}

// A dropped element is 0 whatever it was: infinity times 0 would be NaN.
TEST(Dropout, DroppedInfinityIsZero) {
  const std::vector<float> src(64, std::numeric_limits<float>::infinity());
  std::vector<float> dst(64, kNaN);
  std::vector<std::uint8_t> kept(8);
  dropout(kKey, 0, 0.5, src, dst, kept);
  EXPECT_GT(zeros(dst), 0u);
  EXPECT_TRUE(std::ranges::none_of(dst, [](float v) { return std::isnan(v); }));
}

// Part of what makes an old run repeatable.
TEST(Dropout, MaskOfAKeyNeverChanges) {
  std::vector<std::uint8_t> kept(4);
  const std::vector<float> src(32, 1.0f);
  std::vector<float> dst(32);
  dropout(kKey, 5, 0.5, src, dst, kept);
  EXPECT_EQ(kept, (std::vector<std::uint8_t>{36, 1, 93, 73}));
}

}  // namespace
}  // namespace polytask::kernels
