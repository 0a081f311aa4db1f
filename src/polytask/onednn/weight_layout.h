// Which layouts of a convolution's weights are tiles that we pack ourselves.
//
// Private to this folder: it includes dnnl.hpp.

#pragma once

#include <optional>

#include "polytask/onednn/versions.h"
#include "polytask/tensor/weight_tiles.h"

namespace polytask::onednn {

// None where `weights` lie in another way.
//   weights   [O, C, KH, KW]
[[nodiscard]] std::optional<WeightTiles> weight_tiles(
    const dnnl::memory::desc& weights);

}  // namespace polytask::onednn
