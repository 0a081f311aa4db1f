// How the weights of a convolution, [taps, channels, filters] row by row, lie
// where a kernel reads them in tiles: some channels and some filters of one tap
// behind one another, rounded up and filled up with zeros.

#pragma once

#include <cstddef>

namespace polytask {

struct WeightTiles {
  int taps = 0;  // KH * KW
  int channels = 0;
  int filters = 0;
  int tile_channels = 0;
  int tile_filters = 0;
  bool rows_are_filters = false;  // [tile_filters, tile_channels] is a tile;
                                  // else [tile_channels, tile_filters]
  bool channels_first = false;    // [tiles of channels, tiles of filters, taps]
                                  // they are; else filters come first

  [[nodiscard]] int across_channels() const {
    return (channels + tile_channels - 1) / tile_channels;
  }
  [[nodiscard]] int across_filters() const {
    return (filters + tile_filters - 1) / tile_filters;
  }
  // Floats of one tile, and of all.
  [[nodiscard]] std::size_t size() const {
    return static_cast<std::size_t>(tile_channels) *
           static_cast<std::size_t>(tile_filters);
  }
  [[nodiscard]] std::size_t count() const {
    return size() * static_cast<std::size_t>(across_channels()) *
           static_cast<std::size_t>(across_filters()) *
           static_cast<std::size_t>(taps);
  }
  // Offset of the tile of a tap, a tile of channels and a tile of filters.
  [[nodiscard]] std::size_t begin(int tap, int channel, int filter) const {
    const int outer = channels_first ? channel * across_filters() + filter
                                     : filter * across_channels() + channel;
    return size() * static_cast<std::size_t>(outer * taps + tap);
  }
};

}  // namespace polytask
