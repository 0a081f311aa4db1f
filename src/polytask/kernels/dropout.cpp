#include "polytask/kernels/dropout.h"

#include <algorithm>
#include <cmath>

#include "polytask/base/random.h"
#include "polytask/kernels/vector_targets.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "polytask/kernels/dropout.cpp"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

#include "polytask/kernels/partial_vectors-inl.h"

#ifndef POLYTASK_DROPOUT_ONCE
#define POLYTASK_DROPOUT_ONCE
namespace polytask::kernels {

constexpr std::size_t kElements = 8;  // one Philox call decides on

// Where the random numbers of an image's layer are.
struct RandomAddress {
  PhiloxKey key;
  std::uint32_t sample;
  std::uint32_t epoch;
  std::uint32_t layer;
};

// Bit i says whether element i of the block is kept.
inline std::uint8_t decide(const RandomAddress& at, std::uint32_t block,
                           std::uint32_t limit) {
  const auto words = philox4x32({block, at.sample, at.epoch, at.layer}, at.key);
  unsigned bits = 0;
  for (unsigned i = 0; i < 4; ++i) {
    bits |= ((words[i] & 0xFFFF) >= limit ? 1u : 0u) << (2 * i);
    bits |= ((words[i] >> 16) >= limit ? 1u : 0u) << (2 * i + 1);
  }
  return static_cast<std::uint8_t>(bits);
}

}  // namespace polytask::kernels
#endif

HWY_BEFORE_NAMESPACE();
namespace polytask::kernels::HWY_NAMESPACE {

// Decides whole vectors of blocks and returns how many it has decided; the
// rest is left to decide(). limit is 1 to 65535.
std::size_t DecideBlocks(const RandomAddress& at, std::uint32_t limit,
                         std::span<std::uint8_t> kept) {
#if HWY_TARGET > HWY_AVX2
  (void)at, (void)limit, (void)kept;
  return 0;
#else
  constexpr hn::ScalableTag<std::uint64_t> kLongs;
  constexpr hn::Repartition<std::uint32_t, decltype(kLongs)> kWords;
  constexpr hn::Repartition<std::uint16_t, decltype(kLongs)> kHalves;
  constexpr std::size_t kBlocks = hn::MaxLanes(kLongs);
  // Each 32-bit word lives in the lower half of a 64-bit lane, where a product
  // needs it; what is in the upper half never matters. Lanes hold blocks 0, 4,
  // 1, 5, 2, 6, 3, 7 (of eight), so that the bits come out in order below.
  std::uint64_t numbers[kBlocks];
  for (std::size_t lane = 0; lane < kBlocks; ++lane) {
    numbers[lane] = lane / 2 + lane % 2 * (kBlocks / 2);
  }
  const auto number = hn::LoadU(kLongs, numbers);
  const auto multiply = [&](auto a, std::uint32_t b) HWY_ATTR {
    return hn::MulEven(hn::BitCast(kWords, a), hn::Set(kWords, b));
  };
  const auto lower = hn::Set(kLongs, 0xFFFFFFFFu);
  const auto least = hn::Set(kHalves, static_cast<std::uint16_t>(limit - 1));
  std::size_t block = 0;
  for (; block + kBlocks <= kept.size(); block += kBlocks) {
    auto c0 = hn::Add(number, hn::Set(kLongs, block));
    auto c1 = hn::Set(kLongs, at.sample);
    auto c2 = hn::Set(kLongs, at.epoch);
    auto c3 = hn::Set(kLongs, at.layer);
    PhiloxKey key = at.key;
    for (int round = 0; round < 10; ++round) {  // see philox4x32
      const auto product0 = multiply(c0, 0xD2511F53);
      const auto product1 = multiply(c2, 0xCD9E8D57);
      c0 = hn::Xor(hn::Xor(hn::ShiftRight<32>(product1), c1),
                   hn::Set(kLongs, key[0]));
      c1 = product1;
      c2 = hn::Xor(hn::Xor(hn::ShiftRight<32>(product0), c3),
                   hn::Set(kLongs, key[1]));
      c3 = product0;
      key[0] += 0x9E3779B9;
      key[1] += 0xBB67AE85;
    }
    // Four halves of 16 bits a lane: elements 0 to 3, and 4 to 7, of a block.
    const auto first = hn::Or(hn::And(c0, lower), hn::ShiftLeft<32>(c1));
    const auto second = hn::Or(hn::And(c2, lower), hn::ShiftLeft<32>(c3));
    const auto even = hn::InterleaveLower(kLongs, first, second);
    const auto odd = hn::InterleaveUpper(kLongs, first, second);
    hn::StoreMaskBits(kHalves, hn::Gt(hn::BitCast(kHalves, even), least),
                      &kept[block]);
    hn::StoreMaskBits(kHalves, hn::Gt(hn::BitCast(kHalves, odd), least),
                      &kept[block + kBlocks / 2]);
  }
  return block;
#endif
}

void Keep(const std::uint8_t* kept, float scale, std::span<const float> from,
          std::span<float> to) {
  const Floats factor = hn::Set(kFloats, scale);
  for (std::size_t at = 0; at < to.size(); at += kLanes) {
    const int lanes = static_cast<int>(
        std::min(static_cast<std::size_t>(kLanes), to.size() - at));
    const Floats value = hn::Mul(load_some(&from[at], lanes), factor);
    store_some(hn::IfThenElseZero(load_some_bits(kept, at, lanes), value),
               &to[at], lanes);
  }
}

}  // namespace polytask::kernels::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace polytask::kernels {
namespace {

HWY_EXPORT(DecideBlocks);
HWY_EXPORT(Keep);

}  // namespace

float kept_scale(double rate) { return static_cast<float>(1.0 / (1.0 - rate)); }

void dropout_bits(const ImageKey& key, std::uint32_t layer, double rate,
                  std::span<std::uint8_t> kept) {
  const auto limit = static_cast<std::uint32_t>(std::lround(rate * 65536.0));
  if (limit == 0 || limit > 65535) {
    std::ranges::fill(kept, limit == 0 ? std::uint8_t{255} : std::uint8_t{0});
    return;
  }
  const RandomAddress at{.key = random_key(key.seed, RandomUse::dropout),
                         .sample = key.sample,
                         .epoch = key.epoch,
                         .layer = layer};
  for (std::size_t block = HWY_DYNAMIC_DISPATCH(DecideBlocks)(at, limit, kept);
       block < kept.size(); ++block) {
    kept[block] = decide(at, static_cast<std::uint32_t>(block), limit);
  }
}

void dropout(const ImageKey& key, std::uint32_t layer, double rate,
             std::span<const float> src, std::span<float> dst,
             std::span<std::uint8_t> kept) {
  dropout_bits(key, layer, rate, kept);
  HWY_DYNAMIC_DISPATCH(Keep)(kept.data(), kept_scale(rate), src, dst);
}

void dropout_backward(double rate, std::span<const float> diff_dst,
                      std::span<const std::uint8_t> kept,
                      std::span<float> diff_src) {
  HWY_DYNAMIC_DISPATCH(Keep)
  (kept.data(), kept_scale(rate), diff_dst, diff_src);
}

}  // namespace polytask::kernels
#endif
