// Max pooling of one image over windows that do not overlap.
//
//   dst[y, x, c] = max over 0 <= i, j < P of src[y * P + i, x * P + j, c]
//
// src [H, W, C], dst [H / P, W / P, C], row-major; rows and columns that fill
// no window are not read. `winner` has the size of dst: the number i * P + j of
// the first window element that has the maximum, or kNoWinner.

#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace polytask::kernels {

struct PoolShape {
  int height = 0;  // of src
  int width = 0;
  int channels = 0;
  int window = 2;  // P, 2 to 15
};

constexpr std::uint8_t kNoWinner = 255;

// Overwrites dst.
void max_pool(const PoolShape& shape, const float* src, float* dst);

// What else the pool's forward pass does on its way.
struct PoolExtras {
  // A window whose maximum is not above 0 has no winner: the relu before the
  // pool lets no gradient through, so its mask costs nothing.
  bool positive_only = false;
  // Dropout behind the pool, as bits of dst's elements (see dropout_bits): what
  // is dropped becomes 0 and has no winner, the rest is multiplied by `scale`.
  // Null: no dropout. Channels must be a multiple of 8.
  const std::uint8_t* kept = nullptr;
  float scale = 1.0f;
};

// Overwrites dst and winner.
void max_pool_training(const PoolShape& shape, const PoolExtras& extras,
                       const float* src, float* dst, std::uint8_t* winner);

// How many windows have a winner.
[[nodiscard]] std::size_t alive_windows(std::span<const std::uint8_t> winner);

// Overwrites diff_src: diff_dst at each winner, 0 everywhere else.
void max_pool_backward(const PoolShape& shape, const float* diff_dst,
                       const std::uint8_t* winner, float* diff_src);

}  // namespace polytask::kernels
