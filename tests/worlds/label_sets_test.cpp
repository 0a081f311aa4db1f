#include "polytask/worlds/scenes/label_sets.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>

namespace polytask::draw {
namespace {

TEST(LabelSets, TheDeckHasThePhotographsLabelCounts) {
  std::array<int, kLabelCount> positives{};
  for (const LabelSet set : shuffled_deck(1, 0)) {
    for (std::size_t k = 0; k < kLabelCount; ++k) {
      positives[k] += static_cast<int>((set >> k) & 1u);
    }
  }
  EXPECT_EQ(positives, (std::array<int, kLabelCount>{409, 458, 580, 465, 560}));
}

TEST(LabelSets, TheDeckHasThePhotographsCardinality) {
  std::map<int, int> images;
  for (const LabelSet set : shuffled_deck(5, 2)) {
    ++images[__builtin_popcount(set)];
  }
  EXPECT_EQ(images, (std::map<int, int>{{1, 1543}, {2, 442}, {3, 15}}));
}

TEST(LabelSets, NoSetIsListedTwice) {
  std::map<LabelSet, int> listed;
  for (const auto& [set, count] : label_set_counts()) ++listed[set];
  EXPECT_EQ(listed.size(), 20u);
}

TEST(LabelSets, SeedAndDeckChangeTheOrder) {
  EXPECT_EQ(shuffled_deck(1, 0), shuffled_deck(1, 0));
  EXPECT_NE(shuffled_deck(1, 0), shuffled_deck(2, 0));
  EXPECT_NE(shuffled_deck(1, 0), shuffled_deck(1, 1));
}

TEST(LabelSets, TheOrderIsMixed) {
  const auto deck = shuffled_deck(1, 0);
  const auto trees =
      std::count_if(deck.begin(), deck.begin() + 200,
                    [](LabelSet set) { return has(set, kTrees); });
  EXPECT_NEAR(static_cast<double>(trees), 56.0, 25.0);
}

}  // namespace
}  // namespace polytask::draw
