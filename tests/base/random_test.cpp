#include "polytask/base/random.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>
#include <vector>

namespace polytask {
namespace {

using Words = std::array<std::uint32_t, 4>;

// The three vectors published with the generator.
TEST(Philox, KnownAnswers) {
  EXPECT_EQ(philox4x32({0, 0, 0, 0}, {0, 0}),
            (Words{0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8}));
  EXPECT_EQ(philox4x32({0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff},
                       {0xffffffff, 0xffffffff}),
            (Words{0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd}));
  EXPECT_EQ(philox4x32({0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344},
                       {0xa4093822, 0x299f31d0}),
            (Words{0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1}));
}

TEST(Philox, WorksAtCompileTime) {
  static_assert(philox4x32({0, 0, 0, 0}, {0, 0})[0] == 0x6627e8d5);
}

TEST(RandomKey, EveryUseAndEverySeedHasItsOwn) {
  std::vector<PhiloxKey> keys;
  for (const std::uint64_t seed : {0ull, 1ull, 1ull << 32}) {
    for (const RandomUse use :
         {RandomUse::weights, RandomUse::order, RandomUse::dropout,
          RandomUse::augmentation, RandomUse::drawing, RandomUse::resampling,
          RandomUse::weighting}) {
      keys.push_back(random_key(seed, use));
    }
  }
  std::ranges::sort(keys);
  EXPECT_EQ(std::ranges::adjacent_find(keys), keys.end());
}

// What makes a run of today repeatable tomorrow.
TEST(RandomKey, NeverChanges) {
  EXPECT_EQ(random_key(7, RandomUse::dropout),
            (PhiloxKey{0x63e41616, 0x40086b6f}));
}

TEST(Uniform01, OfWordsCoversTheHalfOpenInterval) {
  EXPECT_EQ(uniform01(std::uint32_t{0}), 0.0f);
  EXPECT_EQ(uniform01(std::uint32_t{0x80000000}), 0.5f);
  EXPECT_EQ(uniform01(std::uint32_t{0xffffffff}), 1.0f - 0x1p-24f);
}

TEST(Uniform01, OfDoubleWordsCoversTheHalfOpenInterval) {
  EXPECT_EQ(uniform01(std::uint64_t{0}), 0.0);
  EXPECT_EQ(uniform01(std::uint64_t{1} << 63), 0.5);
  EXPECT_EQ(uniform01(~std::uint64_t{0}), 1.0 - 0x1p-53);
}

TEST(RandomStream, WordsAreThoseOfThePhiloxCounters) {
  const PhiloxKey key{5, 6};
  RandomStream stream(key, 1, 2, 3);
  for (std::uint32_t block = 0; block < 3; ++block) {
    for (const std::uint32_t word : philox4x32({block, 1, 2, 3}, key)) {
      EXPECT_EQ(stream.next(), word);
    }
  }
}

TEST(RandomStream, DoubleWordHoldsTheFirstWordBelow) {
  RandomStream words(PhiloxKey{1, 2});
  const std::uint64_t low = words.next();
  const std::uint64_t high = words.next();
  EXPECT_EQ(RandomStream(PhiloxKey{1, 2}).next64(), (high << 32) | low);
}

TEST(RandomStream, BelowOneIsZero) {
  EXPECT_EQ(RandomStream(PhiloxKey{1, 2}).below(1), 0u);
}

// Chi-squared with 6 degrees of freedom exceeds 22.46 once in a thousand; the
// stream is fixed, so this passes always or never.
TEST(RandomStream, BelowIsEven) {
  constexpr int kDraws = 70000;
  std::array<int, 7> counts{};
  RandomStream stream(PhiloxKey{3, 4});
  for (int i = 0; i < kDraws; ++i) ++counts[stream.below(7)];
  double chi_squared = 0.0;
  for (const int count : counts) {
    chi_squared += std::pow(count - kDraws / 7, 2) / (kDraws / 7.0);
  }
  EXPECT_LT(chi_squared, 22.46);
}

// Without rejection a bound of 3 * 2^62 would answer its lower third half of
// the time.
TEST(RandomStream, HugeBoundsHaveNoBias) {
  constexpr std::uint64_t kThird = std::uint64_t{1} << 62;
  constexpr int kDraws = 3000;
  int lower_third = 0;
  RandomStream stream(PhiloxKey{8, 9});
  for (int i = 0; i < kDraws; ++i) {
    const std::uint64_t drawn = stream.below(3 * kThird);
    ASSERT_LT(drawn, 3 * kThird);
    lower_third += drawn < kThird ? 1 : 0;
  }
  EXPECT_NEAR(lower_third, kDraws / 3, 110);  // four standard deviations
}

std::vector<std::int64_t> shuffled(std::int64_t count, std::uint32_t a) {
  std::vector<std::int64_t> items(static_cast<std::size_t>(count));
  std::iota(items.begin(), items.end(), std::int64_t{0});
  shuffle(std::span(items), RandomStream(PhiloxKey{1, 2}, a));
  return items;
}

TEST(Shuffle, KnownOrder) {
  EXPECT_EQ(shuffled(8, 0),
            (std::vector<std::int64_t>{6, 3, 0, 4, 5, 7, 1, 2}));
}

TEST(Shuffle, NothingAndOneThingStay) {
  EXPECT_EQ(shuffled(0, 0), std::vector<std::int64_t>{});
  EXPECT_EQ(shuffled(1, 0), std::vector<std::int64_t>{0});
}

TEST(Shuffle, KeepsEveryItem) {
  std::vector<std::int64_t> items = shuffled(1000, 5);
  EXPECT_FALSE(std::ranges::is_sorted(items));
  std::ranges::sort(items);
  for (std::int64_t i = 0; i < 1000; ++i) {
    ASSERT_EQ(items[static_cast<std::size_t>(i)], i);
  }
}

// 24 orders of four; chi-squared with 23 degrees of freedom exceeds 49.73
// once in a thousand.
TEST(Shuffle, EveryOrderIsEquallyLikely) {
  constexpr std::uint32_t kDraws = 24000;
  std::map<std::vector<std::int64_t>, int> counts;
  for (std::uint32_t i = 0; i < kDraws; ++i) ++counts[shuffled(4, i)];
  ASSERT_EQ(counts.size(), 24u);
  double chi_squared = 0.0;
  for (const auto& [order, count] : counts) {
    chi_squared += std::pow(count - 1000, 2) / 1000.0;
  }
  EXPECT_LT(chi_squared, 49.73);
}

}  // namespace
}  // namespace polytask
