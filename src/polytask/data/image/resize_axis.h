// One axis of resize.h: which source pixels a result pixel is made of.
//
// Bytes are summed in fixed point and round to 8 bits after each axis; floats
// are summed in double and divided by the sum of the weights.

#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace polytask {

// The weights of each result pixel.
struct ResizeAxis {
  struct Window {
    int first = 0;  // source pixel
    int taps = 0;
    std::int32_t sum = 0;  // of its weights
  };
  std::vector<Window> windows;        // [result length]
  std::vector<std::int32_t> weights;  // [result length, stride]
  int stride = 0;

  [[nodiscard]] const Window& window(int i) const {
    return windows[static_cast<std::size_t>(i)];
  }
  [[nodiscard]] std::span<const std::int32_t> weights_of(int i) const {
    const auto at =
        static_cast<std::size_t>(i) * static_cast<std::size_t>(stride);
    return std::span(weights).subspan(at,
                                      static_cast<std::size_t>(window(i).taps));
  }
};

//   source, result   lengths in pixels, > 0
[[nodiscard]] ResizeAxis make_resize_axis(int source, int result);

// How values of one type are summed.
template <class Value>
struct Summing;

template <>
struct Summing<std::uint8_t> {
  // 255 * 2^22 < 2^31, so the sum of a window cannot overflow: its weights sum
  // to 1 but for half a unit each.
  static constexpr int kFractionBits = 22;
  using Sum = std::int32_t;
  static constexpr Sum kStart = 1 << (kFractionBits - 1);
  static std::uint8_t finish(Sum sum, std::int32_t) {
    return static_cast<std::uint8_t>(std::min(sum >> kFractionBits, 255));
  }
};

template <>
struct Summing<float> {
  using Sum = double;
  static constexpr Sum kStart = 0.0;
  static float finish(Sum sum, std::int32_t weights) {
    return static_cast<float>(sum / weights);
  }
};

// One row, [source length, channels] -> [result length, channels]. Allocates
// nothing.
template <int channels, class Value>
void resize_row(const ResizeAxis& axis, const Value* row, Value* to) {
  using Rule = Summing<Value>;
  using Sum = typename Rule::Sum;
  const auto length = static_cast<int>(axis.windows.size());
  for (int i = 0; i < length; ++i, to += channels) {
    const ResizeAxis::Window& window = axis.window(i);
    const Value* from = row + channels * std::ptrdiff_t{window.first};
    Sum sums[channels];
    std::fill_n(sums, channels, Rule::kStart);
    for (const std::int32_t weight : axis.weights_of(i)) {
      const auto w = static_cast<Sum>(weight);
      for (int c = 0; c < channels; ++c) sums[c] += w * Sum{from[c]};
      from += channels;
    }
    for (int c = 0; c < channels; ++c) {
      to[c] = Rule::finish(sums[c], window.sum);
    }
  }
}

template <class Value>
void resize_row(const ResizeAxis& axis, int channels, const Value* row,
                Value* to) {
  if (channels == 1) return resize_row<1>(axis, row, to);
  resize_row<3>(axis, row, to);
}

// Whole rows of `row_values` values at a time, [source length, row_values] ->
// [result length, row_values].
template <class Value>
void resize_columns(const ResizeAxis& axis, std::size_t row_values,
                    const Value* image, Value* to) {
  using Rule = Summing<Value>;
  using Sum = typename Rule::Sum;
  std::vector<Sum> sums(row_values);
  const auto length = static_cast<int>(axis.windows.size());
  for (int i = 0; i < length; ++i, to += row_values) {
    std::ranges::fill(sums, Rule::kStart);
    auto k = static_cast<std::size_t>(axis.window(i).first);
    for (const std::int32_t weight : axis.weights_of(i)) {
      const Value* from = image + k++ * row_values;
      const auto w = static_cast<Sum>(weight);
      for (std::size_t j = 0; j < row_values; ++j) sums[j] += w * Sum{from[j]};
    }
    for (std::size_t j = 0; j < row_values; ++j) {
      to[j] = Rule::finish(sums[j], axis.window(i).sum);
    }
  }
}

}  // namespace polytask
