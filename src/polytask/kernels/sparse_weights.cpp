// The gradients of weights and bias: lists a filter, walked with the sums of
// the filter's weights in registers.

#include <algorithm>

#include "polytask/kernels/vector_targets.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "polytask/kernels/sparse_weights.cpp"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

#include "polytask/kernels/filter_lists-inl.h"
#include "polytask/kernels/max_pool.h"
#include "polytask/kernels/sparse_layout.h"

HWY_BEFORE_NAMESPACE();
namespace polytask::kernels::HWY_NAMESPACE {

#if HWY_TARGET <= HWY_AVX2

// Adds one filter's gradients over one tile, rows [kFirst, kFirst + kRows) of
// the kernel. Every entry's value meets the 3 x 3 pixels of src under it.
template <int kWidth, int kFirst, int kRows>
void walk_filter(const List& list, int count, const float* tile,
                 float* gradient) {
  constexpr int kDivisor = kBlock / kWidth;
  constexpr int kVectors = kWidth / kLanes;
  constexpr int kRowFloats = kTileRow * kWidth;
  Floats sum[kRows][3][kVectors];
#pragma GCC unroll 3
  for (int i = 0; i < kRows; ++i) {
#pragma GCC unroll 3
    for (int j = 0; j < 3; ++j) {
#pragma GCC unroll 4
      for (int v = 0; v < kVectors; ++v) {
        sum[i][j][v] = hn::LoadU(
            kFloats, gradient + ((kFirst + i) * 3 + j) * kWidth + v * kLanes);
      }
    }
  }
  for (int e = 0; e < count; ++e) {
    const Floats value = hn::Set(kFloats, list.values[e]);
    const float* src = tile + list.offsets[e] / kDivisor + kFirst * kRowFloats;
#pragma GCC unroll 3
    for (int i = 0; i < kRows; ++i) {
#pragma GCC unroll 3
      for (int j = 0; j < 3; ++j) {
#pragma GCC unroll 4
        for (int v = 0; v < kVectors; ++v) {
          sum[i][j][v] =
              hn::MulAdd(value,
                         hn::LoadU(kFloats, src + i * kRowFloats + j * kWidth +
                                                v * kLanes),
                         sum[i][j][v]);
        }
      }
    }
  }
#pragma GCC unroll 3
  for (int i = 0; i < kRows; ++i) {
#pragma GCC unroll 3
    for (int j = 0; j < 3; ++j) {
#pragma GCC unroll 4
      for (int v = 0; v < kVectors; ++v) {
        hn::StoreU(sum[i][j][v], kFloats,
                   gradient + ((kFirst + i) * 3 + j) * kWidth + v * kLanes);
      }
    }
  }
}

// All rows of the kernel, as many at once as there are registers for.
template <int kWidth>
void walk_filter(const List& list, int count, const float* tile,
                 float* gradient) {
  if constexpr (kLanes >= 16) {
    walk_filter<kWidth, 0, 3>(list, count, tile, gradient);
  } else if constexpr (kWidth == kHalfBlock) {
    walk_filter<kWidth, 0, 2>(list, count, tile, gradient);
    walk_filter<kWidth, 2, 1>(list, count, tile, gradient);
  } else {
    walk_filter<kWidth, 0, 1>(list, count, tile, gradient);
    walk_filter<kWidth, 1, 1>(list, count, tile, gradient);
    walk_filter<kWidth, 2, 1>(list, count, tile, gradient);
  }
}

// Copies what a tile reads of a block of src, with the zeros around the image
// and behind the channels, to rows of kTileRow pixels of `width` floats.
void copy_tile(const SparseConvolution& s, const Block& b, const Tile& t,
               const float* src, float* tile) {
  const int channels = std::min(b.width, s.channels - b.first);
  const int first_x = t.first_column - s.pad_left;
  for (int i = 0; i < t.rows + 2; ++i) {
    const int y = t.first_row + i - s.pad_top;
    float* to = tile + i * kTileRow * b.width;
    for (int j = 0; j < t.columns + 2; ++j, to += b.width) {
      const int x = first_x + j;
      const bool inside = y >= 0 && y < s.height && x >= 0 && x < s.width;
      const float* from =
          src + (static_cast<std::ptrdiff_t>(y) * s.width + x) * s.channels +
          b.first;
      if (inside && channels == b.width) {
        for (int c = 0; c < b.width; c += kLanes) {
          hn::StoreU(hn::LoadU(kFloats, from + c), kFloats, to + c);
        }
        continue;
      }
      const int copied = inside ? channels : 0;
      for (int c = 0; c < copied; ++c) to[c] = from[c];
      for (int c = copied; c < b.width; ++c) to[c] = 0.0f;
    }
  }
}

template <int kWidth>
void walk_group(const List* lists, const int* counts, int count,
                const float* tile, float* gradient) {
  for (int o = 0; o < count; ++o) {
    walk_filter<kWidth>(lists[o], counts[o], tile,
                        gradient + o * kTaps * kWidth);
  }
}

template <class Kind, class Gradient>
void sum_weights(const SparseConvolution& s, const float* src,
                 const Gradient& from, float* gradient, float* scratch) {
  float* tile = scratch;
  float* room = scratch + kTileRow * kTileRow * kBlock;
  List lists[kGroup];
  for (List& list : lists) {
    list.values = room;
    list.offsets = reinterpret_cast<std::int32_t*>(room + kListRoom<Kind>);
    room += 2 * kListRoom<Kind>;
  }
  int counts[kGroup];
  constexpr int kStep = Kind::kStep;
  const int down = (s.rows + kTile - 1) / kTile;
  const int across = (s.columns + kTile - 1) / kTile;
  for (int i = 0; i < down * across; ++i) {
    // Tiles of nearly equal size, whole windows each.
    const auto edge = [](int size, int part, int parts) {
      return size / kStep * part / parts * kStep;
    };
    const int top = edge(s.rows, i / across, down);
    const int left = edge(s.columns, i % across, across);
    const Tile t{.first_row = top,
                 .first_column = left,
                 .rows = edge(s.rows, i / across + 1, down) - top,
                 .columns = edge(s.columns, i % across + 1, across) - left};
    const Places<Kind> places(s, t);
    for (int b = 0; b < blocks(s.channels); ++b) {
      const Block own = block(s.channels, b);
      copy_tile(s, own, t, src, tile);
      for (int first = 0; first < s.filters; first += kGroup) {
        const int count = std::min(kGroup, s.filters - first);
        for (int o = 0; o < count; o += 4) {
          list_four_filters(s, from, places, first + o, lists + o, counts + o);
        }
        float* sum = gradient + weights_at(s, own, first);
        if (own.width == kBlock) {
          walk_group<kBlock>(lists, counts, count, tile, sum);
        } else {
          walk_group<kHalfBlock>(lists, counts, count, tile, sum);
        }
      }
    }
  }
}

// The gradients of `lanes` filters at one place, zeros where none survived.
inline Floats gradient_at(const PooledGradient& from, std::size_t at,
                          int lanes) {
  const Ints winner = load_some_bytes(from.winner + at, lanes, kNoWinner);
  const Floats diff =
      hn::Mul(load_some(from.diff + at, lanes), hn::Set(kFloats, from.scale));
  return hn::IfThenElseZero(
      hn::RebindMask(kFloats, hn::Lt(winner, hn::Set(kInts, 4))), diff);
}

inline Floats gradient_at(const float* diff, std::size_t at, int lanes) {
  return load_some(diff + at, lanes);
}

template <class Kind, class Gradient>
void sum_bias(const SparseConvolution& s, const Gradient& from,
              float* diff_bias) {
  const int places = s.rows / Kind::kStep * (s.columns / Kind::kStep);
  const auto filters = static_cast<std::size_t>(s.filters);
  for (int o = 0; o < s.filters; o += kLanes) {
    const int lanes = std::min(kLanes, s.filters - o);
    Floats sum = load_some(diff_bias + o, lanes);
    std::size_t at = static_cast<std::size_t>(o);
    for (int p = 0; p < places; ++p, at += filters) {
      sum = hn::Add(sum, gradient_at(from, at, lanes));
    }
    store_some(sum, diff_bias + o, lanes);
  }
}

#else  // no vector FMA: the plan does not come here

struct OfPool {};
struct OfPixels {};
template <class Kind, class Gradient>
void sum_weights(const SparseConvolution&, const float*, const Gradient&,
                 float*, float*) {}
template <class Kind, class Gradient>
void sum_bias(const SparseConvolution&, const Gradient&, float*) {}

#endif

void AddWeightsGradient(const SparseConvolution& s, const float* src,
                        const PooledGradient& from, float* gradient,
                        float* scratch) {
  sum_weights<OfPool>(s, src, from, gradient, scratch);
}
void AddWeightsGradientOfPixels(const SparseConvolution& s, const float* src,
                                const float* diff, float* gradient,
                                float* scratch) {
  sum_weights<OfPixels>(s, src, diff, gradient, scratch);
}
void AddBiasGradient(const SparseConvolution& s, const PooledGradient& from,
                     float* diff_bias) {
  sum_bias<OfPool>(s, from, diff_bias);
}
void AddBiasGradientOfPixels(const SparseConvolution& s, const float* diff,
                             float* diff_bias) {
  sum_bias<OfPixels>(s, diff, diff_bias);
}

}  // namespace polytask::kernels::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace polytask::kernels {
namespace {

HWY_EXPORT(AddWeightsGradient);
HWY_EXPORT(AddBiasGradient);
HWY_EXPORT(AddWeightsGradientOfPixels);
HWY_EXPORT(AddBiasGradientOfPixels);

}  // namespace

// The copy of a tile, and the lists of a group of filters: with a place a
// pixel, rounded up to whole vectors, and one vector more.
std::size_t weights_scratch_count(const SparseConvolution&) {
  constexpr std::size_t kLongest =
      (std::size_t{kTile} * kTile + 15) / 16 * 16 + 16;
  return std::size_t{kTileRow} * kTileRow * kBlock +
         std::size_t{kGroup} * 2 * kLongest;
}

void add_weights_gradient(const SparseConvolution& shape, const float* src,
                          const PooledGradient& from, float* gradient,
                          float* scratch) {
  HWY_DYNAMIC_DISPATCH(AddWeightsGradient)
  (shape, src, from, gradient, scratch);
}

void add_bias_gradient(const SparseConvolution& shape,
                       const PooledGradient& from, float* diff_bias) {
  HWY_DYNAMIC_DISPATCH(AddBiasGradient)(shape, from, diff_bias);
}

void add_weights_gradient(const SparseConvolution& shape, const float* src,
                          const float* diff, float* gradient, float* scratch) {
  HWY_DYNAMIC_DISPATCH(AddWeightsGradientOfPixels)
  (shape, src, diff, gradient, scratch);
}

void add_bias_gradient(const SparseConvolution& shape, const float* diff,
                       float* diff_bias) {
  HWY_DYNAMIC_DISPATCH(AddBiasGradientOfPixels)(shape, diff, diff_bias);
}

}  // namespace polytask::kernels
#endif
