#include "polytask/network/read_extents.h"

#include <algorithm>

namespace polytask {
namespace {

// One axis of one layer: result i reads [i * stride - before, ... + window).
struct Axis {
  int window = 1;
  int stride = 1;
  int before = 0;
  int whole_src = 0;
  int results = 0;  // of the whole axis
};

Axis axis_of(const LayerOptions& layer, int size) {
  Axis axis{.whole_src = size, .results = size};
  if (const auto* conv = std::get_if<Conv2D>(&layer)) {
    axis.window = conv->kernel_size;
    axis.stride = std::max(1, conv->strides);
    if (conv->padding == Padding::same) {
      axis.results = (size - 1) / axis.stride + 1;
      const int padding = (axis.results - 1) * axis.stride + axis.window - size;
      axis.before = std::max(0, padding) / 2;
    } else {
      axis.results = (size - axis.window) / axis.stride + 1;
    }
  } else if (const auto* pool = std::get_if<MaxPooling2D>(&layer)) {
    axis.window = axis.stride = std::max(1, pool->pool_size);
    axis.results = size / axis.stride;
  }
  return axis;
}

// How much of the axis the first `results` results read.
int reads(const Axis& axis, int results) {
  const int end = (results - 1) * axis.stride + axis.window - axis.before;
  return std::min(end, axis.whole_src);
}

// The fewest results with which no row of the first `size` is left over.
int fits(const Axis& axis, int size) {
  return (size + axis.before - axis.window) / axis.stride + 1;
}

// Of one axis through all layers: what is computed of each result.
std::vector<int> computed(const std::vector<Axis>& axes) {
  std::vector<int> read(axes.size());
  int wanted = axes.back().results;
  for (std::size_t i = axes.size(); i-- > 0;) {
    read[i] = wanted;
    wanted = reads(axes[i], wanted);
  }
  // The input comes as it is, and zeros behind an image cannot be negative.
  int size = axes.front().whole_src;
  for (std::size_t i = 0; i < axes.size(); ++i) {
    read[i] = std::clamp(fits(axes[i], size), read[i], axes[i].results);
    size = read[i];
  }
  return read;
}

}  // namespace

std::vector<ReadExtent> read_extents(std::span<const LayerOptions> layers,
                                     const Shape& input) {
  std::vector<ReadExtent> extents(layers.size());
  std::vector<Axis> rows, columns;
  int height = input[0];
  int width = input[1];
  for (const LayerOptions& layer : layers) {
    if (std::holds_alternative<Flatten>(layer) ||
        std::holds_alternative<Dense>(layer)) {
      break;
    }
    rows.push_back(axis_of(layer, height));
    columns.push_back(axis_of(layer, width));
    height = rows.back().results;
    width = columns.back().results;
    if (height < 1 || width < 1) return extents;  // The layers will complain.
  }
  if (rows.empty()) return extents;
  const std::vector<int> read_rows = computed(rows);
  const std::vector<int> read_columns = computed(columns);
  for (std::size_t i = 0; i < rows.size(); ++i) {
    extents[i] = {.src = {rows[i].whole_src, columns[i].whole_src},
                  .read = {read_rows[i], read_columns[i]}};
  }
  return extents;
}

}  // namespace polytask
