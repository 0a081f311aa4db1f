// How the kernels of sparse_convolution.h cut their work: blocks of channels,
// groups of filters, tiles of pixels.
//
// Private to this folder.

#pragma once

#include <cstddef>
#include <cstdint>

#include "polytask/kernels/sparse_convolution.h"

namespace polytask::kernels {

constexpr int kTaps = 9;        // of a 3 x 3 kernel
constexpr int kBlock = 32;      // channels of src that one list entry feeds
constexpr int kHalfBlock = 16;  // the last block, where that is enough
constexpr int kGroup = 32;      // filters whose lists are walked together

// Pixels of a tile of the result, each way. The part of src that a tile reads,
// 16 x 16 pixels of 32 channels, fills 32 KiB of the first-level cache; a
// larger square leaves it, a smaller one has shorter lists.
constexpr int kTile = 14;
constexpr int kTileRow = kTile + 2;  // pixels of src in a row of the copy

// A block of channels of src.
struct Block {
  int first = 0;
  int width = 0;  // kBlock or kHalfBlock; beyond the channels there are zeros
};

inline int blocks(int channels) { return (channels + kBlock - 1) / kBlock; }

inline Block block(int channels, int index) {
  const int first = index * kBlock;
  return {first, channels - first <= kHalfBlock ? kHalfBlock : kBlock};
}

// Where the weights of a block and filter begin.
inline std::size_t weights_at(const SparseConvolution& s, const Block& b,
                              int filter) {
  return static_cast<std::size_t>(kTaps) *
         (static_cast<std::size_t>(b.first) *
              static_cast<std::size_t>(s.filters) +
          static_cast<std::size_t>(filter) * static_cast<std::size_t>(b.width));
}

// Floats of scratch that the gradients of the weights and of src take.
[[nodiscard]] std::size_t weights_scratch_count(const SparseConvolution& s);
[[nodiscard]] std::size_t data_scratch_count(const SparseConvolution& s);

}  // namespace polytask::kernels
