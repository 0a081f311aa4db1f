// Between the weights of a convolution as they are kept and as oneDNN reads
// them. After each step of training all of them are packed anew, which small
// images feel; oneDNN's own reorders take two to four times as long.

#pragma once

#include <span>

#include "polytask/tensor/weight_tiles.h"

namespace polytask::kernels {

// Overwrites `packed`, tiles.count() floats, from `kernel`, [taps, channels,
// filters].
void pack_tiles(const WeightTiles& tiles, std::span<const float> kernel,
                float* packed);

// The other way round, for gradients. Rows of the tiles must be channels.
void unpack_tiles(const WeightTiles& tiles, const float* packed,
                  std::span<float> kernel);

}  // namespace polytask::kernels
