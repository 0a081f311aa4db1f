// Which labels picture number i has.
//
// The photographs of the reference job (Zhou and Zhang, NIPS 2006) carry 20
// different label sets in fixed numbers, 2000 in all. They are a deck of
// cards here: every 2000 consecutive pictures hold exactly those numbers, in
// an order shuffled by the seed.

#pragma once

#include <array>
#include <cstdint>
#include <vector>

namespace polytask::draw {

enum Label : unsigned { kDesert, kMountains, kSea, kSunset, kTrees };
inline constexpr int kLabelCount = 5;
inline constexpr int kDeckSize = 2000;

// Bit k is label k.
using LabelSet = unsigned;

[[nodiscard]] constexpr LabelSet set_of(Label label) { return 1u << label; }
[[nodiscard]] constexpr bool has(LabelSet set, Label label) {
  return (set & set_of(label)) != 0;
}

struct LabelSetCount {
  LabelSet set = 0;
  int count = 0;
};

[[nodiscard]] const std::array<LabelSetCount, 20>& label_set_counts();

// The order of deck number `deck` (pictures 2000 deck ... 2000 deck + 1999).
[[nodiscard]] std::vector<LabelSet> shuffled_deck(std::uint64_t seed,
                                                  std::uint64_t deck);

}  // namespace polytask::draw
