// What part of each result later layers read.
//
// A pool leaves over the rows and columns that fill no window, and a strided
// convolution those behind its last position. What no one reads is not
// computed, nor is what only that would have read.

#pragma once

#include <vector>

#include "polytask/layers/image_layer.h"
#include "polytask/network/network_options.h"

namespace polytask {

struct ReadExtent {
  Extent src;   // the whole of what the layer is defined on
  Extent read;  // of its result
};

// One per layer of the trunk, up to the first dense one; rows and columns are
// 0, which means all, where the network is impossible or stops being images.
[[nodiscard]] std::vector<ReadExtent> read_extents(
    std::span<const LayerOptions> layers, const Shape& input);

}  // namespace polytask
