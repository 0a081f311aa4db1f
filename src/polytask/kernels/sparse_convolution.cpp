#include "polytask/kernels/sparse_convolution.h"

#include <algorithm>

#include "polytask/kernels/max_pool.h"
#include "polytask/kernels/vector_targets.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "polytask/kernels/sparse_convolution.cpp"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

#include "polytask/kernels/partial_vectors-inl.h"

#ifndef POLYTASK_SPARSE_CONVOLUTION_ONCE
#define POLYTASK_SPARSE_CONVOLUTION_ONCE
namespace polytask::kernels {

constexpr int kTaps = 9;        // of a 3 x 3 kernel
constexpr int kBlock = 32;      // channels of src that one list entry feeds
constexpr int kHalfBlock = 16;  // the last block, where that is enough
constexpr int kGroup = 32;      // filters whose lists are walked together

// Pixels of a tile of the result, each way. The part of src that a tile reads,
// 16 x 16 pixels of 32 channels, fills 32 KiB of the first-level cache; a
// larger square leaves it, a smaller one has shorter lists.
constexpr int kTile = 14;
constexpr int kTileRow = kTile + 2;  // pixels of src in a row of the copy

// A block of channels of src.
struct Block {
  int first = 0;
  int width = 0;  // kBlock or kHalfBlock; beyond the channels there are zeros
};

inline int blocks(int channels) { return (channels + kBlock - 1) / kBlock; }

inline Block block(int channels, int index) {
  const int first = index * kBlock;
  return {first, channels - first <= kHalfBlock ? kHalfBlock : kBlock};
}

// Where the weights of a block and filter begin.
inline std::size_t weights_at(const SparseConvolution& s, const Block& b,
                              int filter) {
  return static_cast<std::size_t>(kTaps) *
         (static_cast<std::size_t>(b.first) *
              static_cast<std::size_t>(s.filters) +
          static_cast<std::size_t>(filter) * static_cast<std::size_t>(b.width));
}

// Which lanes of eight a byte's bits select, in order: for processors without
// an instruction that compresses vectors.
struct SelectedLanes {
  std::uint8_t of[256][8] = {};

  constexpr SelectedLanes() {
    for (int bits = 0; bits < 256; ++bits) {
      int count = 0;
      for (int lane = 0; lane < 8; ++lane) {
        if (((bits >> lane) & 1) != 0) {
          of[bits][count++] = static_cast<std::uint8_t>(lane);
        }
      }
    }
  }
};
inline constexpr SelectedLanes kSelectedLanes;

// Gradients that survived, as two arrays: where each stands and what it is.
struct List {
  std::int32_t* offsets = nullptr;
  float* values = nullptr;
};

// Where gradients stand: one place a window of the pool, or one a pixel.
struct OfPool {
  static constexpr int kStep = 2;
};
struct OfPixels {
  static constexpr int kStep = 1;
};

// Places of a tile, rounded up to whole vectors, and one vector more: a list
// is written in whole vectors, too.
template <class Kind>
inline constexpr int kPlaces = (kTile / Kind::kStep) * (kTile / Kind::kStep);
template <class Kind>
inline constexpr int kListRoom = (kPlaces<Kind> + 15) / 16 * 16 + 16;

}  // namespace polytask::kernels
#endif

HWY_BEFORE_NAMESPACE();
namespace polytask::kernels::HWY_NAMESPACE {

#if HWY_TARGET <= HWY_AVX2

// Appends the lanes that `mask` selects to a list and returns how many they
// are. Writes whole vectors.
inline int append(hn::Mask<decltype(kInts)> mask, Ints offsets, Floats values,
                  const List& to) {
  const auto float_mask = hn::RebindMask(kFloats, mask);
#if HWY_TARGET <= HWY_AVX3
  hn::StoreU(hn::Compress(offsets, mask), kInts, to.offsets);
  hn::StoreU(hn::Compress(values, float_mask), kFloats, to.values);
  return static_cast<int>(hn::CountTrue(kFloats, float_mask));
#else
  // Highway's own Compress copies its table to the stack at every call here.
  std::uint8_t bits[8] = {};
  hn::StoreMaskBits(kFloats, float_mask, bits);
  const hn::Rebind<std::uint8_t, decltype(kInts)> bytes;
  const auto lanes = hn::IndicesFromVec(
      kInts,
      hn::PromoteTo(kInts, hn::LoadU(bytes, kSelectedLanes.of[bits[0]])));
  hn::StoreU(hn::TableLookupLanes(offsets, lanes), kInts, to.offsets);
  const Ints bits_of_values = hn::BitCast(kInts, values);
  hn::StoreU(hn::BitCast(kFloats, hn::TableLookupLanes(bits_of_values, lanes)),
             kFloats, to.values);
  return __builtin_popcount(bits[0]);
#endif
}

// --- Gradient of the weights ----------------------------------------------

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
  if constexpr (kLanes >= 16 || kWidth == kHalfBlock / 2) {
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

// A rectangle of the result.
struct Tile {
  int first_row = 0;
  int first_column = 0;
  int rows = 0;
  int columns = 0;
};

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

// Four floats, or bytes made integers, of `places` in vectors whose lane w is
// place w: one vector for each of the four.
template <class D, class LoadFour>
void transpose_four(D d, int places, LoadFour load_four,
                    hn::Vec<D> (&columns)[4]) {
  const hn::Half<D> half;
  const auto place = [&](int w) HWY_ATTR {
    return load_four(std::min(w, places - 1));
  };
  hn::Vec<D> rows[4];
#pragma GCC unroll 4
  for (int i = 0; i < 4; ++i) {
    if constexpr (kLanes == 16) {
      rows[i] = hn::Combine(d, hn::Combine(half, place(12 + i), place(8 + i)),
                            hn::Combine(half, place(4 + i), place(i)));
    } else {
      rows[i] = hn::Combine(d, place(4 + i), place(i));
    }
  }
  // A 4 x 4 transpose in each block of 128 bits.
  const hn::RepartitionToWide<D> pairs;
  const auto low01 =
      hn::BitCast(pairs, hn::InterleaveLower(d, rows[0], rows[1]));
  const auto low23 =
      hn::BitCast(pairs, hn::InterleaveLower(d, rows[2], rows[3]));
  const auto high01 =
      hn::BitCast(pairs, hn::InterleaveUpper(d, rows[0], rows[1]));
  const auto high23 =
      hn::BitCast(pairs, hn::InterleaveUpper(d, rows[2], rows[3]));
  columns[0] = hn::BitCast(d, hn::InterleaveLower(pairs, low01, low23));
  columns[1] = hn::BitCast(d, hn::InterleaveUpper(pairs, low01, low23));
  columns[2] = hn::BitCast(d, hn::InterleaveLower(pairs, high01, high23));
  columns[3] = hn::BitCast(d, hn::InterleaveUpper(pairs, high01, high23));
}

// The places of a tile in row order.
template <class Kind>
struct Places {
  int count = 0;
  std::int32_t index[kListRoom<Kind>] = {};   // in the array of gradients
  std::int32_t offset[kListRoom<Kind>] = {};  // in copy_tile's copy of a block
                                              // of kBlock channels

  Places(const SparseConvolution& s, const Tile& t) {
    constexpr int kStep = Kind::kStep;
    for (int y = 0; y < t.rows; y += kStep) {
      for (int x = 0; x < t.columns; x += kStep, ++count) {
        index[count] = (t.first_row + y) / kStep * (s.columns / kStep) +
                       (t.first_column + x) / kStep;
        offset[count] = (y * kTileRow + x) * kBlock;
      }
    }
  }
};

// Four neighbours; behind the first `count` the bytes of `fill`.
template <class D, class T>
auto load_four(D d, const T* from, int count, T fill) {
  if (count >= 4) return hn::LoadU(d, from);
  T some[4] = {fill, fill, fill, fill};
  std::copy(from, from + count, some);
  return hn::LoadU(d, some);
}

// The gradients of four filters at kLanes places: what survived, where it
// stands within its place, and its value.
struct Survivors {
  hn::Mask<decltype(kInts)> alive[4];
  Ints within[4];
  Floats value[4];
};

template <class At>
Survivors survivors(const PooledGradient& from, int filters, int places,
                    At at) {
  const hn::Simd<float, 4, 0> four_floats;
  const hn::Simd<std::int32_t, 4, 0> four_ints;
  const hn::Simd<std::uint8_t, 4, 0> four_bytes;
  Floats diff[4];
  transpose_four(
      kFloats, places,
      [&](int i) HWY_ATTR {
        return load_four(four_floats, from.diff + at(i), filters, 0.0f);
      },
      diff);
  Ints winner[4];
  transpose_four(
      kInts, places,
      [&](int i) HWY_ATTR {
        return hn::PromoteTo(
            four_ints,
            load_four(four_bytes, from.winner + at(i), filters, kNobody));
      },
      winner);
  Survivors all;
#pragma GCC unroll 4
  for (int o = 0; o < 4; ++o) {
    all.alive[o] = hn::Lt(winner[o], hn::Set(kInts, 4));
    // 0 to 3: one pixel to the right, or one row down, or both.
    const Ints right = hn::And(winner[o], hn::Set(kInts, 1));
    const Ints down = hn::ShiftRight<1>(hn::And(winner[o], hn::Set(kInts, 2)));
    all.within[o] = hn::Add(hn::Mul(right, hn::Set(kInts, kBlock)),
                            hn::Mul(down, hn::Set(kInts, kTileRow * kBlock)));
    all.value[o] = hn::Mul(diff[o], hn::Set(kFloats, from.scale));
  }
  return all;
}

// A NaN survives, too.
template <class At>
Survivors survivors(const float* diff, int filters, int places, At at) {
  const hn::Simd<float, 4, 0> four_floats;
  Survivors all;
  transpose_four(
      kFloats, places,
      [&](int i) HWY_ATTR {
        return load_four(four_floats, diff + at(i), filters, 0.0f);
      },
      all.value);
#pragma GCC unroll 4
  for (int o = 0; o < 4; ++o) {
    all.alive[o] =
        hn::RebindMask(kInts, hn::Not(hn::Eq(all.value[o], hn::Zero(kFloats))));
    all.within[o] = hn::Zero(kInts);
  }
  return all;
}

// Puts the tile's surviving gradients of the four filters from `first` on into
// lists, in the order of the places.
template <class Kind, class Gradient>
void list_four_filters(const SparseConvolution& s, const Gradient& from,
                       const Places<Kind>& places, int first, List* lists,
                       int* counts) {
  const int filters = std::min(4, s.filters - first);
  std::fill(counts, counts + filters, 0);
  for (int w = 0; w < places.count; w += kLanes) {
    const int here = std::min(kLanes, places.count - w);
    const Survivors found = survivors(from, filters, here, [&](int i) HWY_ATTR {
      return static_cast<std::size_t>(places.index[w + i]) *
                 static_cast<std::size_t>(s.filters) +
             static_cast<std::size_t>(first);
    });
    const auto exists = hn::FirstN(kInts, static_cast<std::size_t>(here));
    const Ints offset = hn::LoadU(kInts, places.offset + w);
#pragma GCC unroll 4
    for (int o = 0; o < 4; ++o) {
      if (o >= filters) break;
      counts[o] +=
          append(hn::And(exists, found.alive[o]),
                 hn::Add(offset, found.within[o]), found.value[o],
                 {lists[o].offsets + counts[o], lists[o].values + counts[o]});
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
  const Ints winner = load_some_bytes(from.winner + at, lanes, kNobody);
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

// --- Gradient of src -------------------------------------------------------

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
      winner[v] = load_some_bytes(from.winner + from_lane, lanes, kNobody);
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

bool HasVectorFma() { return true; }

#else  // no vector FMA: the plan does not come here

template <class Kind, class Gradient>
void sum_weights(const SparseConvolution&, const float*, const Gradient&,
                 float*, float*) {}
template <class Kind, class Gradient>
void sum_bias(const SparseConvolution&, const Gradient&, float*) {}
template <class Gradient>
void spread_to_src(const SparseConvolution&, const Gradient&, const float*,
                   const float*, float*, float*) {}
bool HasVectorFma() { return false; }

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

std::size_t CountNonzero(std::span<const float> values) {
  std::size_t zeros = 0;
  for (std::size_t at = 0; at < values.size(); at += kLanes) {
    const int lanes = static_cast<int>(
        std::min(static_cast<std::size_t>(kLanes), values.size() - at));
    const auto exists = hn::FirstN(kFloats, static_cast<std::size_t>(lanes));
    const auto zero = hn::Eq(load_some(&values[at], lanes), hn::Zero(kFloats));
    zeros += hn::CountTrue(kFloats, hn::And(exists, zero));
  }
  return values.size() - zeros;
}

}  // namespace polytask::kernels::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace polytask::kernels {
namespace {

HWY_EXPORT(AddWeightsGradient);
HWY_EXPORT(AddBiasGradient);
HWY_EXPORT(DataGradient);
HWY_EXPORT(AddWeightsGradientOfPixels);
HWY_EXPORT(AddBiasGradientOfPixels);
HWY_EXPORT(DataGradientOfPixels);
HWY_EXPORT(CountNonzero);
HWY_EXPORT(HasVectorFma);

// Calls f(index in packed, index in a kernel [3, 3, C, O]) for every weight.
template <class F>
void for_each_weight(const SparseConvolution& s, F f) {
  for (int b = 0; b < blocks(s.channels); ++b) {
    const Block own = block(s.channels, b);
    const int channels = std::min(own.width, s.channels - own.first);
    for (int tap = 0; tap < kTaps; ++tap) {
      for (int c = 0; c < channels; ++c) {
        const std::size_t plain = (static_cast<std::size_t>(tap) *
                                       static_cast<std::size_t>(s.channels) +
                                   static_cast<std::size_t>(own.first + c)) *
                                  static_cast<std::size_t>(s.filters);
        for (int o = 0; o < s.filters; ++o) {
          f(weights_at(s, own, o) + static_cast<std::size_t>(tap * own.width) +
                static_cast<std::size_t>(c),
            plain + static_cast<std::size_t>(o));
        }
      }
    }
  }
}

}  // namespace

bool has_vector_fma() { return HWY_DYNAMIC_DISPATCH(HasVectorFma)(); }

std::size_t block_weights_count(const SparseConvolution& s) {
  const Block last = block(s.channels, blocks(s.channels) - 1);
  return static_cast<std::size_t>(kTaps) * static_cast<std::size_t>(s.filters) *
         static_cast<std::size_t>(last.first + last.width);
}

std::size_t scratch_count(const SparseConvolution& s) {
  const std::size_t weights = std::size_t{kTileRow} * kTileRow * kBlock +
                              std::size_t{kGroup} * 2 * kListRoom<OfPixels>;
  const auto columns = static_cast<std::size_t>(s.columns);
  const std::size_t list = columns * kGroup + 16;
  const std::size_t data =
      2 * (2 * list + columns + 16) +
      static_cast<std::size_t>(s.width) * static_cast<std::size_t>(s.channels);
  return std::max(weights, data);
}

void pack_weights(const SparseConvolution& shape, std::span<const float> kernel,
                  float* packed) {
  std::fill(packed, packed + block_weights_count(shape), 0.0f);
  for_each_weight(shape, [&](std::size_t own, std::size_t plain) {
    packed[own] = kernel[plain];
  });
}

void add_unpacked_weights(const SparseConvolution& shape, const float* packed,
                          std::span<float> kernel) {
  for_each_weight(shape, [&](std::size_t own, std::size_t plain) {
    kernel[plain] += packed[own];
  });
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

void data_gradient(const SparseConvolution& shape, const PooledGradient& from,
                   const float* packed, const float* relu_result,
                   float* diff_src, float* scratch) {
  HWY_DYNAMIC_DISPATCH(DataGradient)
  (shape, from, packed, relu_result, diff_src, scratch);
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

void data_gradient(const SparseConvolution& shape, const float* diff,
                   const float* packed, const float* relu_result,
                   float* diff_src, float* scratch) {
  HWY_DYNAMIC_DISPATCH(DataGradientOfPixels)
  (shape, diff, packed, relu_result, diff_src, scratch);
}

double nonzero_share(std::span<const float> values) {
  return static_cast<double>(HWY_DYNAMIC_DISPATCH(CountNonzero)(values)) /
         static_cast<double>(values.size());
}

}  // namespace polytask::kernels
#endif
