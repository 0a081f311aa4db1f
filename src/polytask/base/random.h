// Counter-based random numbers: a number is a pure function of its address.
//
// philox4x32(counter, key) scrambles a 128-bit counter under a 64-bit key.
// Nothing is carried from one call to the next, so any thread may compute the
// numbers of any sample in any order, and a resumed run draws what the
// uninterrupted one would have drawn. The same bits on every platform: only
// unsigned arithmetic, and conversions that are exact.
//
//   key      random_key(seed, use): who draws, and what for
//   counter  the address: epoch, sample, layer, element, as the caller likes
//
// Everything here is constexpr, allocates nothing and may be called
// concurrently; a RandomStream belongs to one thread.
// Source: Salmon, Moraes, Dror, Shaw, "Parallel random numbers: as easy as
// 1, 2, 3", SC 2011: Philox-4x32 with 10 rounds.

#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>

namespace polytask {

using PhiloxCounter = std::array<std::uint32_t, 4>;
using PhiloxKey = std::array<std::uint32_t, 2>;

// Four independent words for one address.
[[nodiscard]] constexpr std::array<std::uint32_t, 4> philox4x32(
    PhiloxCounter counter, PhiloxKey key) {
  constexpr std::uint64_t kMultiplier0 = 0xD2511F53;
  constexpr std::uint64_t kMultiplier1 = 0xCD9E8D57;
  constexpr std::uint32_t kGoldenRatio = 0x9E3779B9;
  constexpr std::uint32_t kRootOfThree = 0xBB67AE85;
  constexpr int kRounds = 10;
  for (int round = 0; round < kRounds; ++round) {
    const std::uint64_t product0 = kMultiplier0 * counter[0];
    const std::uint64_t product1 = kMultiplier1 * counter[2];
    const auto high0 = static_cast<std::uint32_t>(product0 >> 32);
    const auto high1 = static_cast<std::uint32_t>(product1 >> 32);
    counter = {
        high1 ^ counter[1] ^ key[0], static_cast<std::uint32_t>(product1),
        high0 ^ counter[3] ^ key[1], static_cast<std::uint32_t>(product0)};
    key[0] += kGoldenRatio;
    key[1] += kRootOfThree;
  }
  return counter;
}

// What a number is drawn for. Each use has a key of its own, so two uses that
// happen to share an address stay independent. The values are part of what
// makes an old run repeatable: append, never renumber.
enum class RandomUse : std::uint32_t {
  weights = 1,
  order = 2,
  dropout = 3,
  augmentation = 4,
  drawing = 5,
  resampling = 6,
  weighting = 7,
};

// The key of one use under the user's seed.
[[nodiscard]] constexpr PhiloxKey random_key(std::uint64_t seed,
                                             RandomUse use) {
  const auto words = philox4x32({static_cast<std::uint32_t>(use), 0, 0, 0},
                                {static_cast<std::uint32_t>(seed),
                                 static_cast<std::uint32_t>(seed >> 32)});
  return {words[0], words[1]};
}

// [0, 1) in steps of 2^-24, from the upper 24 bits; every value is exact.
[[nodiscard]] constexpr float uniform01(std::uint32_t bits) {
  return static_cast<float>(bits >> 8) * 0x1p-24f;
}

// [0, 1) in steps of 2^-53, from the upper 53 bits; every value is exact.
[[nodiscard]] constexpr double uniform01(std::uint64_t bits) {
  return static_cast<double>(bits >> 11) * 0x1p-53;
}

// Numbers one after another, for work that cannot say beforehand how many it
// needs. Its words are those of philox4x32({0, a, b, c}, key), then of
// {1, a, b, c} and so on; after 2^34 words it starts again.
class RandomStream {
 public:
  constexpr explicit RandomStream(PhiloxKey key, std::uint32_t a = 0,
                                  std::uint32_t b = 0, std::uint32_t c = 0)
      : key_(key), counter_{0, a, b, c} {}

  // A word of 32 random bits.
  [[nodiscard]] constexpr std::uint32_t next() {
    if (used_ == words_.size()) {
      words_ = philox4x32(counter_, key_);
      ++counter_[0];
      used_ = 0;
    }
    return words_[used_++];
  }

  // Two words; the first is the lower half.
  [[nodiscard]] constexpr std::uint64_t next64() {
    const std::uint64_t low = next();
    return low | (static_cast<std::uint64_t>(next()) << 32);
  }

  // Each of 0, 1, ..., bound - 1 with exactly the same probability; bound >= 1.
  [[nodiscard]] constexpr std::uint64_t below(std::uint64_t bound) {
    // 2^64 mod bound: skipping that many leaves a multiple of bound.
    const std::uint64_t surplus = (0 - bound) % bound;
    std::uint64_t drawn = next64();
    while (drawn < surplus) drawn = next64();
    return drawn % bound;
  }

 private:
  PhiloxKey key_;
  PhiloxCounter counter_;
  std::array<std::uint32_t, 4> words_{};
  std::size_t used_ = 4;
};

// Reorders `items` in place, every order equally likely (Fisher and Yates,
// from the back). The order depends on the stream alone.
template <class T>
constexpr void shuffle(std::span<T> items, RandomStream stream) {
  for (std::size_t i = items.size(); i > 1; --i) {
    std::swap(items[i - 1], items[stream.below(i)]);
  }
}

}  // namespace polytask
