// The gradient of src: lists a pixel, walked with the sums of a few pixels of
// src in registers.

#include <algorithm>

#include "polytask/kernels/vector_targets.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "polytask/kernels/sparse_data.cpp"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

#include "polytask/kernels/lists-inl.h"
#include "polytask/kernels/max_pool.h"
#include "polytask/kernels/sparse_layout.h"

HWY_BEFORE_NAMESPACE();
namespace polytask::kernels::HWY_NAMESPACE {

#if HWY_TARGET <= HWY_AVX2

// The surviving gradients of two rows of the convolution's result, pixel by
// pixel: entries begin[x] to begin[x + 1] stand at column x.
struct PixelRow {
  float* values = nullptr;
  std::int32_t* offsets = nullptr;  // of the filter's weights in its block
  std::int32_t* begin = nullptr;    // [columns + 1]
};

// Where the sums of four rows of src go.
struct Target {
  float* row[4] = {};         // at column 0 of src
  const float* relu[2] = {};  // result of the relu for rows 0 and 1, or null
  bool add[2] = {};           // rows 0, 1 and rows 2, 3 hold sums already
  int shift = 0;              // pad_left
  int width = 0;              // of src
  int stride = 0;             // floats from pixel to pixel
  int lanes = 0;              // channels that exist in this block
};

// Walks both rows' lists from left to right. Registers hold the sums of three
// columns of rows [kFirst, kFirst + kRows) of the target; a column is loaded
// when the first entry can reach it and stored when the last one has.
template <int kWidth, int kFirst, int kRows>
void walk_pixels(const PixelRow* rows, int columns, const float* weights,
                 const Target& to) {
  constexpr int kVectors = kWidth / kLanes;
  constexpr int kDivisor = kBlock / kWidth;
  Floats sum[kRows][3][kVectors];
  const auto enter = [&](int u, auto& column) HWY_ATTR {
    const int x = u - to.shift;
    const bool inside = x >= 0 && x < to.width;
#pragma GCC unroll 4
    for (int i = 0; i < kRows; ++i) {
      const bool add = inside && to.add[(kFirst + i) / 2];
#pragma GCC unroll 4
      for (int v = 0; v < kVectors; ++v) {
        column(i, v) =
            add ? load_some(to.row[kFirst + i] + x * to.stride + v * kLanes,
                            to.lanes - v * kLanes)
                : hn::Zero(kFloats);
      }
    }
  };
  const auto leave = [&](int u) HWY_ATTR {
    const int x = u - to.shift;
    if (x < 0 || x >= to.width) return;
#pragma GCC unroll 4
    for (int i = 0; i < kRows; ++i) {
#pragma GCC unroll 4
      for (int v = 0; v < kVectors; ++v) {
        Floats value = sum[i][0][v];
        const int at = x * to.stride + v * kLanes;
        const int left = to.lanes - v * kLanes;
        if (kFirst + i < 2 && to.relu[(kFirst + i) % 2] != nullptr) {
          const Floats result = load_some(to.relu[(kFirst + i) % 2] + at, left);
          value = hn::IfThenElseZero(hn::Gt(result, hn::Zero(kFloats)), value);
        }
        store_some(value, to.row[kFirst + i] + at, left);
      }
    }
  };
  const auto slot = [&](int j) HWY_ATTR {
    return [&sum, j](int i, int v) HWY_ATTR -> Floats& { return sum[i][j][v]; };
  };
  auto first = slot(0);
  auto second = slot(1);
  auto third = slot(2);
  enter(0, first);
  enter(1, second);
  for (int x = 0; x < columns; ++x) {
    enter(x + 2, third);
#pragma GCC unroll 2
    for (int r = 0; r < 2; ++r) {
      // The rows of the kernel that take row r of the lists to our rows.
      if (kFirst + kRows <= r || kFirst > r + 2) continue;
      const PixelRow& row = rows[r];
      for (int e = row.begin[x]; e < row.begin[x + 1]; ++e) {
        const Floats value = hn::Set(kFloats, row.values[e]);
        const float* weight = weights + row.offsets[e] / kDivisor;
#pragma GCC unroll 4
        for (int i = 0; i < kRows; ++i) {
          const int tap = kFirst + i - r;
          if (tap < 0 || tap > 2) continue;
#pragma GCC unroll 3
          for (int j = 0; j < 3; ++j) {
#pragma GCC unroll 4
            for (int v = 0; v < kVectors; ++v) {
              sum[i][j][v] = hn::MulAdd(
                  value,
                  hn::LoadU(kFloats,
                            weight + (tap * 3 + j) * kWidth + v * kLanes),
                  sum[i][j][v]);
            }
          }
        }
      }
    }
    leave(x);
#pragma GCC unroll 4
    for (int i = 0; i < kRows; ++i) {
#pragma GCC unroll 4
      for (int v = 0; v < kVectors; ++v) {
        sum[i][0][v] = sum[i][1][v];
        sum[i][1][v] = sum[i][2][v];
      }
    }
  }
  leave(columns);
#pragma GCC unroll 4
  for (int i = 0; i < kRows; ++i) {
#pragma GCC unroll 4
    for (int v = 0; v < kVectors; ++v) sum[i][0][v] = sum[i][1][v];
  }
  leave(columns + 1);
}

// All four rows, as many at once as there are registers for.
template <int kWidth>
void walk_pixels(const PixelRow* rows, int columns, const float* weights,
                 const Target& to) {
  if constexpr (kLanes >= 16) {
    walk_pixels<kWidth, 0, 4>(rows, columns, weights, to);
  } else if constexpr (kWidth == kHalfBlock) {
    walk_pixels<kWidth, 0, 2>(rows, columns, weights, to);
    walk_pixels<kWidth, 2, 2>(rows, columns, weights, to);
  } else {
    walk_pixels<kWidth, 0, 1>(rows, columns, weights, to);
    walk_pixels<kWidth, 1, 1>(rows, columns, weights, to);
    walk_pixels<kWidth, 2, 1>(rows, columns, weights, to);
    walk_pixels<kWidth, 3, 1>(rows, columns, weights, to);
  }
}

// Where the weights of vector v of a group's filters begin.
inline Ints weights_of(int v) {
  return hn::Mul(hn::Iota(kInts, v * kLanes), hn::Set(kInts, kTaps * kBlock));
}

// Lists rows `row` and `row` + 1 of the result for `count` filters from `first`
// on.
void list_by_pixel(const SparseConvolution& s, const PooledGradient& from,
                   int row, int first, int count, PixelRow* rows) {
  constexpr int kVectors = kGroup / kLanes;
  const int columns = s.columns / 2;
  const Floats scale = hn::Set(kFloats, from.scale);
  int end[2] = {0, 0};
  for (int x = 0; x < columns; ++x) {
    const std::size_t at = static_cast<std::size_t>(row / 2 * columns + x) *
                               static_cast<std::size_t>(s.filters) +
                           static_cast<std::size_t>(first);
    Ints winner[kVectors];
    Floats diff[kVectors];
    for (int v = 0; v < kVectors; ++v) {
      const int lanes = std::clamp(count - v * kLanes, 0, kLanes);
      const std::size_t from_lane = at + static_cast<std::size_t>(v * kLanes);
      winner[v] = load_some_bytes(from.winner + from_lane, lanes, kNoWinner);
      diff[v] = hn::Mul(load_some(from.diff + from_lane, lanes), scale);
    }
    for (int k = 0; k < 4; ++k) {
      const PixelRow& to = rows[k / 2];
      int& e = end[k / 2];
      to.begin[2 * x + k % 2] = e;
#pragma GCC unroll 4
      for (int v = 0; v < kVectors; ++v) {
        e += append(hn::Eq(winner[v], hn::Set(kInts, k)), weights_of(v),
                    diff[v], {to.offsets + e, to.values + e});
      }
    }
  }
  for (int r = 0; r < 2; ++r) rows[r].begin[s.columns] = end[r];
}

void list_by_pixel(const SparseConvolution& s, const float* diff, int row,
                   int first, int count, PixelRow* rows) {
  constexpr int kVectors = kGroup / kLanes;
  for (int r = 0; r < 2; ++r) {
    int e = 0;
    for (int x = 0; x < s.columns; ++x) {
      rows[r].begin[x] = e;
      if (row + r >= s.rows) continue;
      const std::size_t at = (static_cast<std::size_t>(row + r) *
                                  static_cast<std::size_t>(s.columns) +
                              static_cast<std::size_t>(x)) *
                                 static_cast<std::size_t>(s.filters) +
                             static_cast<std::size_t>(first);
#pragma GCC unroll 4
      for (int v = 0; v < kVectors; ++v) {
        const int lanes = std::clamp(count - v * kLanes, 0, kLanes);
        const Floats value =
            load_some(diff + at + static_cast<std::size_t>(v * kLanes), lanes);
        const auto zero = hn::Eq(value, hn::Zero(kFloats));
        e += append(hn::RebindMask(kInts, hn::Not(zero)), weights_of(v), value,
                    {rows[r].offsets + e, rows[r].values + e});
      }
    }
    rows[r].begin[s.columns] = e;
  }
}

void zero_pixels(const SparseConvolution& s, int y, int first, int last,
                 float* diff_src) {
  const auto row =
      static_cast<std::size_t>(y) * static_cast<std::size_t>(s.width);
  const auto channels = static_cast<std::size_t>(s.channels);
  std::fill(diff_src + (row + static_cast<std::size_t>(first)) * channels,
            diff_src + (row + static_cast<std::size_t>(last)) * channels, 0.0f);
}

template <class Gradient>
void spread_to_src(const SparseConvolution& s, const Gradient& from,
                   const float* packed, const float* relu_result,
                   float* diff_src, float* scratch) {
  const int columns = s.columns;
  const std::size_t list = static_cast<std::size_t>(columns) * kGroup + 16;
  const std::size_t line =
      static_cast<std::size_t>(s.width) * static_cast<std::size_t>(s.channels);
  PixelRow rows[2];
  for (int r = 0; r < 2; ++r) {
    rows[r].values = scratch;
    rows[r].offsets = reinterpret_cast<std::int32_t*>(scratch + list);
    rows[r].begin = rows[r].offsets + list;
    scratch += 2 * list + static_cast<std::size_t>(columns) + 16;
  }
  float* nowhere = scratch;  // for rows outside src
  // Four rows of src above which everything is final.
  for (int row = 0; row < s.rows; row += 2) {
    for (int first = 0; first < s.filters; first += kGroup) {
      const int count = std::min(kGroup, s.filters - first);
      list_by_pixel(s, from, row, first, count, rows);
      const bool last_group = first + kGroup >= s.filters;
      for (int b = 0; b < blocks(s.channels); ++b) {
        const Block own = block(s.channels, b);
        Target to{.add = {row > 0 || first > 0, first > 0},
                  .shift = s.pad_left,
                  .width = s.width,
                  .stride = s.channels,
                  .lanes = std::min(own.width, s.channels - own.first)};
        for (int i = 0; i < 4; ++i) {
          const int y = row + i - s.pad_top;
          const bool inside = y >= 0 && y < s.height;
          const std::size_t at = inside
                                     ? static_cast<std::size_t>(y) * line +
                                           static_cast<std::size_t>(own.first)
                                     : 0;
          to.row[i] = inside ? diff_src + at : nowhere + own.first;
          if (i < 2 && inside && last_group && relu_result != nullptr) {
            to.relu[i] = relu_result + at;
          }
        }
        const float* weights = packed + weights_at(s, own, first);
        if (own.width == kBlock) {
          walk_pixels<kBlock>(rows, columns, weights, to);
        } else {
          walk_pixels<kHalfBlock>(rows, columns, weights, to);
        }
      }
    }
  }
  const int reached_rows = std::min(s.height, s.rows + 2 - s.pad_top);
  const int reached_columns = std::min(s.width, columns + 2 - s.pad_left);
  // The last rows have no successor that would mask them.
  const int masked_rows = (s.rows + 1) / 2 * 2 - s.pad_top;
  for (int y = masked_rows; relu_result != nullptr && y < reached_rows; ++y) {
    for (std::size_t i = static_cast<std::size_t>(y) * line;
         i < static_cast<std::size_t>(y + 1) * line; ++i) {
      diff_src[i] = relu_result[i] > 0.0f ? diff_src[i] : 0.0f;
    }
  }
  for (int y = 0; y < reached_rows; ++y) {
    zero_pixels(s, y, reached_columns, s.width, diff_src);
  }
  for (int y = reached_rows; y < s.height; ++y) {
    zero_pixels(s, y, 0, s.width, diff_src);
  }
}

#else  // no vector FMA: the plan does not come here

template <class Gradient>
void spread_to_src(const SparseConvolution&, const Gradient&, const float*,
                   const float*, float*, float*) {}

#endif

void DataGradient(const SparseConvolution& s, const PooledGradient& from,
                  const float* packed, const float* relu_result,
                  float* diff_src, float* scratch) {
  spread_to_src(s, from, packed, relu_result, diff_src, scratch);
}
void DataGradientOfPixels(const SparseConvolution& s, const float* diff,
                          const float* packed, const float* relu_result,
                          float* diff_src, float* scratch) {
  spread_to_src(s, diff, packed, relu_result, diff_src, scratch);
}

}  // namespace polytask::kernels::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace polytask::kernels {
namespace {

HWY_EXPORT(DataGradient);
HWY_EXPORT(DataGradientOfPixels);

}  // namespace

// The lists of two rows, and a row of src for what lies outside of it.
std::size_t data_scratch_count(const SparseConvolution& s) {
  const auto columns = static_cast<std::size_t>(s.columns);
  const std::size_t list = columns * kGroup + 16;
  return 2 * (2 * list + columns + 16) +
         static_cast<std::size_t>(s.width) *
             static_cast<std::size_t>(s.channels);
}

void data_gradient(const SparseConvolution& shape, const PooledGradient& from,
                   const float* packed, const float* relu_result,
                   float* diff_src, float* scratch) {
  HWY_DYNAMIC_DISPATCH(DataGradient)
  (shape, from, packed, relu_result, diff_src, scratch);
}

void data_gradient(const SparseConvolution& shape, const float* diff,
                   const float* packed, const float* relu_result,
                   float* diff_src, float* scratch) {
  HWY_DYNAMIC_DISPATCH(DataGradientOfPixels)
  (shape, diff, packed, relu_result, diff_src, scratch);
}

}  // namespace polytask::kernels
#endif
