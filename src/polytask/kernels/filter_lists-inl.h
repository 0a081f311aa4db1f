// Gradients of a tile that are not 0, filter by filter, for the kernels of one
// target: see partial_vectors-inl.h.

#if defined(POLYTASK_FILTER_LISTS_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef POLYTASK_FILTER_LISTS_INL_H_
#undef POLYTASK_FILTER_LISTS_INL_H_
#else
#define POLYTASK_FILTER_LISTS_INL_H_
#endif

#include <hwy/highway.h>

#include <algorithm>

#include "polytask/kernels/lists-inl.h"
#include "polytask/kernels/max_pool.h"
#include "polytask/kernels/sparse_layout.h"

HWY_BEFORE_NAMESPACE();
namespace polytask::kernels::HWY_NAMESPACE {

#if HWY_TARGET <= HWY_AVX2

// Where gradients stand: one place per window of the pool, or one per pixel.
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

// A rectangle of the result.
struct Tile {
  int first_row = 0;
  int first_column = 0;
  int rows = 0;
  int columns = 0;
};

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
            load_four(four_bytes, from.winner + at(i), filters, kNoWinner));
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

#endif

}  // namespace polytask::kernels::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif
