#include "polytask/kernels/max_pool.h"

#include <algorithm>
#include <cstddef>

namespace polytask::kernels {
namespace {

// The rows of one window: where element (i, j) of the window at (y, x) begins.
struct Window {
  std::size_t row;  // floats from one row of src to the next
  std::size_t channels;
  int size;

  explicit Window(const PoolShape& s)
      : row(static_cast<std::size_t>(s.width) *
            static_cast<std::size_t>(s.channels)),
        channels(static_cast<std::size_t>(s.channels)),
        size(s.window) {}

  [[nodiscard]] std::size_t offset(int y, int x, int i, int j) const {
    return static_cast<std::size_t>(y * size + i) * row +
           static_cast<std::size_t>(x * size + j) * channels;
  }
};

// Calls f(offset of the window in dst, y, x) for every window in order.
template <class F>
void for_each_window(const PoolShape& shape, F f) {
  const int rows = shape.height / shape.window;
  const int columns = shape.width / shape.window;
  std::size_t at = 0;
  for (int y = 0; y < rows; ++y) {
    for (int x = 0; x < columns; ++x) {
      f(at, y, x);
      at += static_cast<std::size_t>(shape.channels);
    }
  }
}

void take_larger(const float* src, float* best, std::size_t channels) {
  for (std::size_t c = 0; c < channels; ++c) {
    best[c] = src[c] > best[c] ? src[c] : best[c];
  }
}

void take_larger(const float* src, std::uint8_t number, float* best,
                 std::uint8_t* winner, std::size_t channels) {
  for (std::size_t c = 0; c < channels; ++c) {
    const bool larger = src[c] > best[c];
    best[c] = larger ? src[c] : best[c];
    winner[c] = larger ? number : winner[c];
  }
}

void zero(float* begin, std::size_t count) {
  std::fill(begin, begin + count, 0.0f);
}

// What no window covers: the columns on the right and the rows below.
void zero_margin(const PoolShape& shape, float* diff_src) {
  const Window window(shape);
  const int covered_rows = shape.height / shape.window * shape.window;
  const int covered_columns = shape.width / shape.window * shape.window;
  const auto covered =
      static_cast<std::size_t>(covered_columns) * window.channels;
  for (int y = 0; y < covered_rows; ++y) {
    zero(diff_src + static_cast<std::size_t>(y) * window.row + covered,
         window.row - covered);
  }
  zero(diff_src + static_cast<std::size_t>(covered_rows) * window.row,
       static_cast<std::size_t>(shape.height - covered_rows) * window.row);
}

}  // namespace

void max_pool(const PoolShape& shape, const float* src, float* dst) {
  const Window window(shape);
  for_each_window(shape, [&](std::size_t at, int y, int x) {
    float* best = dst + at;
    const float* first = src + window.offset(y, x, 0, 0);
    std::copy(first, first + window.channels, best);
    for (int i = 0; i < window.size; ++i) {
      for (int j = i == 0 ? 1 : 0; j < window.size; ++j) {
        take_larger(src + window.offset(y, x, i, j), best, window.channels);
      }
    }
  });
}

void max_pool_training(const PoolShape& shape, bool positive_only,
                       const float* src, float* dst, std::uint8_t* winner) {
  const Window window(shape);
  for_each_window(shape, [&](std::size_t at, int y, int x) {
    float* best = dst + at;
    std::uint8_t* best_number = winner + at;
    const float* first = src + window.offset(y, x, 0, 0);
    std::copy(first, first + window.channels, best);
    std::fill(best_number, best_number + window.channels, std::uint8_t{0});
    for (int i = 0; i < window.size; ++i) {
      for (int j = i == 0 ? 1 : 0; j < window.size; ++j) {
        take_larger(src + window.offset(y, x, i, j),
                    static_cast<std::uint8_t>(i * window.size + j), best,
                    best_number, window.channels);
      }
    }
    if (!positive_only) return;
    for (std::size_t c = 0; c < window.channels; ++c) {
      best_number[c] = best[c] > 0.0f ? best_number[c] : kNobody;
    }
  });
}

void max_pool_backward(const PoolShape& shape, const float* diff_dst,
                       const std::uint8_t* winner, float* diff_src) {
  const Window window(shape);
  for_each_window(shape, [&](std::size_t at, int y, int x) {
    const float* diff = diff_dst + at;
    const std::uint8_t* number = winner + at;
    for (int i = 0; i < window.size; ++i) {
      for (int j = 0; j < window.size; ++j) {
        const auto own = static_cast<std::uint8_t>(i * window.size + j);
        float* out = diff_src + window.offset(y, x, i, j);
        for (std::size_t c = 0; c < window.channels; ++c) {
          out[c] = number[c] == own ? diff[c] : 0.0f;
        }
      }
    }
  });
  zero_margin(shape, diff_src);
}

}  // namespace polytask::kernels
