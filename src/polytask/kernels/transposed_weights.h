// A convolution's weights as backward data of oneDNN reads them: with filters
// and channels exchanged, in square tiles.
//
// oneDNN's own reorder takes a clock tick for each weight; this takes a quarter
// of it.

#pragma once

#include <cstddef>
#include <span>

namespace polytask::kernels {

struct TransposedWeights {
  int taps = 0;  // KH * KW
  int channels = 0;
  int filters = 0;
  int tile = 0;  // 8 or 16 of each
};

// Floats that pack_transposed() writes.
[[nodiscard]] std::size_t transposed_count(const TransposedWeights& shape);

// Overwrites `packed`, [filters / tile, channels / tile, taps, tile of filters,
// tile of channels], rounded up and filled up with zeros, from `kernel`, [taps,
// channels, filters].
void pack_transposed(const TransposedWeights& shape,
                     std::span<const float> kernel, float* packed);

}  // namespace polytask::kernels
