// Inverted dropout with a counter-based generator.
//
// Element e is kept when a 16-bit random number keyed by (seed, epoch, sample,
// layer, e) is at least rate * 65536 (rounded); kept values are divided by the
// share that is kept. Any processor and any thread may compute any image in any
// order.

#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace polytask::kernels {

// Which image of which epoch: the address of its random numbers.
struct ImageKey {
  std::uint64_t seed = 0;
  std::uint32_t epoch = 0;
  std::uint32_t sample = 0;  // the image's number in the training part
};

// Bytes that hold one bit per element.
[[nodiscard]] constexpr std::size_t bit_bytes(std::size_t count) {
  return (count + 7) / 8;
}

// What a kept value is multiplied by: 1 / (1 - rate).
[[nodiscard]] float kept_scale(double rate);

// Overwrites `kept`, for 8 * kept.size() elements; bit e % 8 of byte e / 8.
void dropout_bits(const ImageKey& key, std::uint32_t layer, double rate,
                  std::span<std::uint8_t> kept);

// Overwrites dst and `kept` (bit_bytes(n) bytes, bit e % 8 of byte e / 8).
//   rate   share that is dropped, 0 <= rate < 1
void dropout(const ImageKey& key, std::uint32_t layer, double rate,
             std::span<const float> src, std::span<float> dst,
             std::span<std::uint8_t> kept);

// Overwrites diff_src: diff_dst where kept, divided likewise; 0 elsewhere.
void dropout_backward(double rate, std::span<const float> diff_dst,
                      std::span<const std::uint8_t> kept,
                      std::span<float> diff_src);

}  // namespace polytask::kernels
