#include "polytask/kernels/dropout.h"

#include <algorithm>
#include <cmath>

#include "polytask/base/random.h"

namespace polytask::kernels {
namespace {

constexpr std::size_t kBlock = 8;  // elements one Philox call decides on

std::uint32_t threshold(double rate) {
  return static_cast<std::uint32_t>(std::lround(rate * 65536.0));
}

float kept_scale(double rate) { return static_cast<float>(1.0 / (1.0 - rate)); }

// Bit i says whether element i of the block is kept.
std::uint8_t decide(const std::array<std::uint32_t, 4>& words,
                    std::uint32_t limit) {
  unsigned bits = 0;
  for (unsigned i = 0; i < 4; ++i) {
    bits |= ((words[i] & 0xFFFF) >= limit ? 1u : 0u) << (2 * i);
    bits |= ((words[i] >> 16) >= limit ? 1u : 0u) << (2 * i + 1);
  }
  return static_cast<std::uint8_t>(bits);
}

// to[i] = from[i] * scale where bit i is set, else 0.
void keep(unsigned bits, float scale, const float* from, float* to,
          std::size_t count) {
  for (std::size_t i = 0; i < count; ++i) {
    to[i] = ((bits >> i) & 1u) != 0 ? from[i] * scale : 0.0f;
  }
}

}  // namespace

void dropout(const ImageKey& key, std::uint32_t layer, double rate,
             std::span<const float> src, std::span<float> dst,
             std::span<std::uint8_t> kept) {
  const PhiloxKey philox_key = random_key(key.seed, RandomUse::dropout);
  const std::uint32_t limit = threshold(rate);
  const float scale = kept_scale(rate);
  for (std::size_t at = 0; at < dst.size(); at += kBlock) {
    const auto block = static_cast<std::uint32_t>(at / kBlock);
    const std::uint8_t bits = decide(
        philox4x32({block, key.sample, key.epoch, layer}, philox_key), limit);
    kept[at / kBlock] = bits;
    keep(bits, scale, &src[at], &dst[at], std::min(kBlock, dst.size() - at));
  }
}

void dropout_backward(double rate, std::span<const float> diff_dst,
                      std::span<const std::uint8_t> kept,
                      std::span<float> diff_src) {
  const float scale = kept_scale(rate);
  for (std::size_t at = 0; at < diff_src.size(); at += kBlock) {
    keep(kept[at / kBlock], scale, &diff_dst[at], &diff_src[at],
         std::min(kBlock, diff_src.size() - at));
  }
}

}  // namespace polytask::kernels
