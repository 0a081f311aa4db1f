// Max pooling of one image over windows that do not overlap.
//
//   dst[y, x, c] = max over 0 <= i, j < P of src[y * P + i, x * P + j, c]
//
// src [H, W, C], dst [H / P, W / P, C], row-major; rows and columns that fill
// no window are not read. `winner` has the size of dst: the number i * P + j of
// the first window element that has the maximum, or kNobody.
// Plain loops over channels, which compilers turn into vector code.

#pragma once

#include <cstdint>

namespace polytask::kernels {

struct PoolShape {
  int height = 0;  // of src
  int width = 0;
  int channels = 0;
  int window = 2;  // P, 2 to 15
};

constexpr std::uint8_t kNobody = 255;

// Overwrites dst.
void max_pool(const PoolShape& shape, const float* src, float* dst);

// Overwrites dst and winner. With `positive_only` a window whose maximum is not
// above 0 has no winner: the relu before the pool lets no gradient through, so
// its mask costs nothing.
void max_pool_training(const PoolShape& shape, bool positive_only,
                       const float* src, float* dst, std::uint8_t* winner);

// Overwrites diff_src: diff_dst at each winner, 0 everywhere else.
void max_pool_backward(const PoolShape& shape, const float* diff_dst,
                       const std::uint8_t* winner, float* diff_src);

}  // namespace polytask::kernels
