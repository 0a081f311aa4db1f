#include "polytask/kernels/max_pool.h"

#include <algorithm>
#include <cstddef>

#include "polytask/kernels/vector_targets.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "polytask/kernels/max_pool.cpp"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

#include "polytask/kernels/partial_vectors-inl.h"

#ifndef POLYTASK_MAX_POOL_ONCE
#define POLYTASK_MAX_POOL_ONCE
namespace polytask::kernels {

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

inline void zero(float* begin, std::size_t count) {
  std::fill(begin, begin + count, 0.0f);
}

// What no window covers: the columns on the right and the rows below.
inline void zero_margin(const PoolShape& shape, float* diff_src) {
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

}  // namespace polytask::kernels
#endif

HWY_BEFORE_NAMESPACE();
namespace polytask::kernels::HWY_NAMESPACE {

struct Best {
  Floats value;
  Ints number;
};

// The maximum over a window, of `lanes` channels whose first element is at
// `src`, and the number of the first element that has it.
//   kSize   of the window, where it is known; else 0
template <int kSize>
HWY_INLINE Best best_of(const Window& window, const float* src, int lanes) {
  const int size = kSize > 0 ? kSize : window.size;
  Best best{load_some(src, lanes), hn::Zero(kInts)};
  for (int i = 0; i < size; ++i) {
    for (int j = i == 0 ? 1 : 0; j < size; ++j) {
      const Floats value = load_some(src + window.offset(0, 0, i, j), lanes);
      const auto larger = hn::Gt(value, best.value);
      best.value = hn::IfThenElse(larger, value, best.value);
      best.number = hn::IfThenElse(hn::RebindMask(kInts, larger),
                                   hn::Set(kInts, i * size + j), best.number);
    }
  }
  return best;
}

template <int kSize>
void max_pool_of(const PoolShape& shape, const float* src, float* dst) {
  const Window window(shape);
  for_each_window(shape, [&](std::size_t at, int y, int x) HWY_ATTR {
    const float* first = src + window.offset(y, x, 0, 0);
    for (int c = 0; c < shape.channels; c += kLanes) {
      const int lanes = std::min(kLanes, shape.channels - c);
      store_some(best_of<kSize>(window, first + c, lanes).value, dst + at + c,
                 lanes);
    }
  });
}

void MaxPool(const PoolShape& shape, const float* src, float* dst) {
  shape.window == 2 ? max_pool_of<2>(shape, src, dst)
                    : max_pool_of<0>(shape, src, dst);
}

template <int kSize>
void max_pool_training_of(const PoolShape& shape, const PoolExtras& extras,
                          const float* src, float* dst, std::uint8_t* winner) {
  const Window window(shape);
  const Floats scale = hn::Set(kFloats, extras.scale);
  const Ints no_winner = hn::Set(kInts, kNoWinner);
  for_each_window(shape, [&](std::size_t at, int y, int x) HWY_ATTR {
    const float* first = src + window.offset(y, x, 0, 0);
    for (int c = 0; c < shape.channels; c += kLanes) {
      const int lanes = std::min(kLanes, shape.channels - c);
      Best best = best_of<kSize>(window, first + c, lanes);
      if (extras.positive_only) {
        const auto positive = hn::Gt(best.value, hn::Zero(kFloats));
        best.number = hn::IfThenElse(hn::RebindMask(kInts, positive),
                                     best.number, no_winner);
      }
      if (extras.kept != nullptr) {
        const FloatMask kept = load_some_bits(
            extras.kept, at + static_cast<std::size_t>(c), lanes);
        best.value = hn::IfThenElseZero(kept, hn::Mul(best.value, scale));
        best.number =
            hn::IfThenElse(hn::RebindMask(kInts, kept), best.number, no_winner);
      }
      store_some(best.value, dst + at + c, lanes);
      store_some_bytes(best.number, winner + at + c, lanes);
    }
  });
}

void MaxPoolTraining(const PoolShape& shape, const PoolExtras& extras,
                     const float* src, float* dst, std::uint8_t* winner) {
  shape.window == 2 ? max_pool_training_of<2>(shape, extras, src, dst, winner)
                    : max_pool_training_of<0>(shape, extras, src, dst, winner);
}

template <int kSize>
void max_pool_backward_of(const PoolShape& shape, const float* diff_dst,
                          const std::uint8_t* winner, float* diff_src) {
  const Window window(shape);
  const int size = kSize > 0 ? kSize : window.size;
  for_each_window(shape, [&](std::size_t at, int y, int x) HWY_ATTR {
    float* first = diff_src + window.offset(y, x, 0, 0);
    for (int c = 0; c < shape.channels; c += kLanes) {
      const int lanes = std::min(kLanes, shape.channels - c);
      const Floats diff = load_some(diff_dst + at + c, lanes);
      const Ints number = load_some_bytes(winner + at + c, lanes, kNoWinner);
      for (int i = 0; i < size; ++i) {
        for (int j = 0; j < size; ++j) {
          const auto own = hn::Eq(number, hn::Set(kInts, i * size + j));
          store_some(hn::IfThenElseZero(hn::RebindMask(kFloats, own), diff),
                     first + window.offset(0, 0, i, j) + c, lanes);
        }
      }
    }
  });
}

void MaxPoolBackward(const PoolShape& shape, const float* diff_dst,
                     const std::uint8_t* winner, float* diff_src) {
  shape.window == 2
      ? max_pool_backward_of<2>(shape, diff_dst, winner, diff_src)
      : max_pool_backward_of<0>(shape, diff_dst, winner, diff_src);
}

}  // namespace polytask::kernels::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace polytask::kernels {
namespace {

HWY_EXPORT(MaxPool);
HWY_EXPORT(MaxPoolTraining);
HWY_EXPORT(MaxPoolBackward);

}  // namespace

void max_pool(const PoolShape& shape, const float* src, float* dst) {
  HWY_DYNAMIC_DISPATCH(MaxPool)(shape, src, dst);
}

void max_pool_training(const PoolShape& shape, const PoolExtras& extras,
                       const float* src, float* dst, std::uint8_t* winner) {
  HWY_DYNAMIC_DISPATCH(MaxPoolTraining)(shape, extras, src, dst, winner);
}

std::size_t alive_windows(std::span<const std::uint8_t> winner) {
  return winner.size() -
         static_cast<std::size_t>(std::ranges::count(winner, kNoWinner));
}

void max_pool_backward(const PoolShape& shape, const float* diff_dst,
                       const std::uint8_t* winner, float* diff_src) {
  HWY_DYNAMIC_DISPATCH(MaxPoolBackward)(shape, diff_dst, winner, diff_src);
  zero_margin(shape, diff_src);
}

}  // namespace polytask::kernels
#endif
