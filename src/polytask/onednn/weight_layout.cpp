#include "polytask/onednn/weight_layout.h"

namespace polytask::onednn {
namespace {

using Dims = dnnl::memory::dims;
constexpr std::size_t kFilters = 0;
constexpr std::size_t kChannels = 1;

// What lies in a tile. Where only one axis is cut, all of the other is in each
// tile, row behind row.
std::optional<WeightTiles> tiles_inside(const Blocks& blocks) {
  const auto size = [](std::int64_t count) { return static_cast<int>(count); };
  WeightTiles tiles{.taps = size(blocks.dims[2] * blocks.dims[3]),
                    .channels = size(blocks.dims[kChannels]),
                    .filters = size(blocks.dims[kFilters])};
  tiles.tile_channels = tiles.channels;
  tiles.tile_filters = tiles.filters;
  if (blocks.axes.empty() || blocks.axes.size() > 2) return std::nullopt;
  if (blocks.axes.size() == 2 && blocks.axes[0] == blocks.axes[1]) {
    return std::nullopt;
  }
  for (std::size_t i = 0; i < blocks.axes.size(); ++i) {
    if (blocks.axes[i] == kFilters) {
      tiles.tile_filters = size(blocks.sizes[i]);
    } else if (blocks.axes[i] == kChannels) {
      tiles.tile_channels = size(blocks.sizes[i]);
    } else {
      return std::nullopt;
    }
  }
  tiles.rows_are_filters = blocks.axes.back() == kChannels;
  return tiles;
}

// From one tile to the next of the same tap, and so on, in floats.
Dims strides_of(const WeightTiles& tiles, const Dims& dims) {
  const auto size = static_cast<std::int64_t>(tiles.size());
  const std::int64_t all_taps = size * tiles.taps;
  Dims strides{all_taps, all_taps, size * dims[3], size};
  if (tiles.channels_first) {
    strides[kChannels] *= tiles.across_filters();
  } else {
    strides[kFilters] *= tiles.across_channels();
  }
  return strides;
}

// The stride of an axis that has one step says nothing.
bool strides_agree(const WeightTiles& tiles, const Blocks& blocks) {
  Dims expected = strides_of(tiles, blocks.dims);
  Dims steps = blocks.dims;
  steps[kFilters] = tiles.across_filters();
  steps[kChannels] = tiles.across_channels();
  // An axis that is not cut steps from row to row of a tile.
  if (blocks.axes.size() == 1) {
    const std::size_t whole = tiles.rows_are_filters ? kFilters : kChannels;
    steps[whole] = blocks.dims[whole];
    expected[whole] = blocks.sizes[0];
  }
  for (std::size_t axis = 0; axis < steps.size(); ++axis) {
    if (steps[axis] > 1 && blocks.strides[axis] != expected[axis]) return false;
  }
  return true;
}

}  // namespace

std::optional<WeightTiles> weight_tiles(const dnnl::memory::desc& weights) {
  const Blocks blocks = blocks_of(weights);
  std::optional<WeightTiles> tiles = tiles_inside(blocks);
  if (!tiles || strides_agree(*tiles, blocks)) return tiles;
  tiles->channels_first = true;
  if (!strides_agree(*tiles, blocks)) return std::nullopt;
  return tiles;
}

}  // namespace polytask::onednn
