#include "polytask/worlds/scenes/label_sets.h"

#include <utility>

#include "polytask/worlds/drawing/dice.h"

namespace polytask::draw {
namespace {

constexpr LabelSet kD = set_of(kDesert);
constexpr LabelSet kM = set_of(kMountains);
constexpr LabelSet kS = set_of(kSea);
constexpr LabelSet kU = set_of(kSunset);
constexpr LabelSet kT = set_of(kTrees);

constexpr std::array<LabelSetCount, 20> kCounts{{
    {kT, 378},         {kS, 341},         {kD, 340},         {kM, 268},
    {kU, 216},         {kS | kU, 172},    {kM | kT, 106},    {kM | kS, 38},
    {kU | kT, 28},     {kD | kU, 21},     {kD | kT, 20},     {kD | kM, 19},
    {kM | kU, 19},     {kS | kT, 14},     {kM | kS | kT, 6}, {kD | kS, 5},
    {kS | kU | kT, 4}, {kD | kU | kT, 3}, {kD | kM | kU, 1}, {kM | kU | kT, 1},
}};

}  // namespace

const std::array<LabelSetCount, 20>& label_set_counts() { return kCounts; }

std::vector<LabelSet> shuffled_deck(std::uint64_t seed, std::uint64_t deck) {
  std::vector<LabelSet> cards;
  cards.reserve(kDeckSize);
  for (const auto& [set, count] : kCounts) {
    cards.insert(cards.end(), static_cast<std::size_t>(count), set);
  }
  // Fisher and Yates; its own stream, apart from those of the pictures.
  Dice dice(~seed, deck);
  for (int i = kDeckSize - 1; i > 0; --i) {
    const int j = dice.below(i + 1);
    std::swap(cards[static_cast<std::size_t>(i)],
              cards[static_cast<std::size_t>(j)]);
  }
  return cards;
}

}  // namespace polytask::draw
