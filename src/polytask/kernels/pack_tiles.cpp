#include "polytask/kernels/pack_tiles.h"

#include <algorithm>

#include "polytask/kernels/vector_targets.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "polytask/kernels/pack_tiles.cpp"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace polytask::kernels::HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;

// What of a tile is weights, the rest being zeros.
struct Used {
  int channels = 0;
  int filters = 0;
};

// `count` rows of N floats, each `stride` behind the one before.
template <int N>
HWY_INLINE void copy_rows(int count, const float* from, std::size_t from_stride,
                          float* to, std::size_t to_stride) {
  const hn::CappedTag<float, N> d;
  const int lanes = static_cast<int>(hn::Lanes(d));
  for (int row = 0; row < count; ++row, from += from_stride, to += to_stride) {
    for (int i = 0; i < N; i += lanes) {
      hn::StoreU(hn::LoadU(d, from + i), d, to + i);
    }
  }
}

void copy_rows(int count, int length, const float* from,
               std::size_t from_stride, float* to, std::size_t to_stride) {
  switch (length) {
    case 8:
      return copy_rows<8>(count, from, from_stride, to, to_stride);
    case 16:
      return copy_rows<16>(count, from, from_stride, to, to_stride);
    case 32:
      return copy_rows<32>(count, from, from_stride, to, to_stride);
    case 64:
      return copy_rows<64>(count, from, from_stride, to, to_stride);
    default:
      break;
  }
  for (int row = 0; row < count; ++row, from += from_stride, to += to_stride) {
    std::copy_n(from, length, to);
  }
}

// Rows of the tile are channels, as in the kernel: `filters` apart there.
void copy_tile(const WeightTiles& s, const Used& used, const float* from,
               float* tile) {
  const auto columns = static_cast<std::size_t>(s.tile_filters);
  if (used.channels < s.tile_channels || used.filters < s.tile_filters) {
    std::fill_n(tile, s.size(), 0.0f);
  }
  copy_rows(used.channels, used.filters, from,
            static_cast<std::size_t>(s.filters), tile, columns);
}

void transpose_some(const WeightTiles& s, const Used& used, const float* from,
                    float* tile) {
  const auto filters = static_cast<std::size_t>(s.filters);
  for (int o = 0; o < s.tile_filters; ++o) {
    for (int i = 0; i < s.tile_channels; ++i) {
      const bool inside = o < used.filters && i < used.channels;
      *tile++ = inside ? from[static_cast<std::size_t>(i) * filters +
                              static_cast<std::size_t>(o)]
                       : 0.0f;
    }
  }
}

#if HWY_TARGET <= HWY_AVX2

// Four rows: in each block of four lanes, rows become columns.
template <class D, class V = hn::Vec<D>>
HWY_INLINE void transpose_blocks(D d, V* rows) {
  const V ac_low = hn::InterleaveLower(d, rows[0], rows[2]);
  const V bd_low = hn::InterleaveLower(d, rows[1], rows[3]);
  const V ac_high = hn::InterleaveUpper(d, rows[0], rows[2]);
  const V bd_high = hn::InterleaveUpper(d, rows[1], rows[3]);
  rows[0] = hn::InterleaveLower(d, ac_low, bd_low);
  rows[1] = hn::InterleaveUpper(d, ac_low, bd_low);
  rows[2] = hn::InterleaveLower(d, ac_high, bd_high);
  rows[3] = hn::InterleaveUpper(d, ac_high, bd_high);
}

// N rows of N lanes: first within the blocks, then the blocks among the rows.
template <int N>
HWY_INLINE void transpose_square(const float* from, std::size_t from_stride,
                                 float* to, std::size_t to_stride) {
  const hn::FixedTag<float, N> d;
  using V = hn::Vec<decltype(d)>;
  V rows[N];
  for (int i = 0; i < N; ++i) {
    rows[i] = hn::LoadU(d, from + static_cast<std::size_t>(i) * from_stride);
  }
  for (int i = 0; i < N; i += 4) transpose_blocks(d, rows + i);
  const auto store = [&](int column, V values) {
    hn::StoreU(values, d, to + static_cast<std::size_t>(column) * to_stride);
  };
  for (int i = 0; i < 4; ++i) {
    const V a = rows[i];
    const V b = rows[4 + i];
    if constexpr (N == 8) {
      store(i, hn::ConcatLowerLower(d, b, a));
      store(4 + i, hn::ConcatUpperUpper(d, b, a));
    } else {
      const V ac_low = hn::ConcatLowerLower(d, rows[8 + i], a);
      const V ac_high = hn::ConcatUpperUpper(d, rows[8 + i], a);
      const V bd_low = hn::ConcatLowerLower(d, rows[12 + i], b);
      const V bd_high = hn::ConcatUpperUpper(d, rows[12 + i], b);
      store(i, hn::OddEvenBlocks(hn::SwapAdjacentBlocks(bd_low), ac_low));
      store(4 + i, hn::OddEvenBlocks(bd_low, hn::SwapAdjacentBlocks(ac_low)));
      store(8 + i, hn::OddEvenBlocks(hn::SwapAdjacentBlocks(bd_high), ac_high));
      store(12 + i,
            hn::OddEvenBlocks(bd_high, hn::SwapAdjacentBlocks(ac_high)));
    }
  }
}

constexpr int kSquare = HWY_TARGET <= HWY_AVX3 ? 16 : 8;

bool has_squares(const WeightTiles& s) {
  return s.tile_channels % kSquare == 0 && s.tile_filters % kSquare == 0;
}

void transpose_full(const WeightTiles& s, const float* from, float* tile) {
  const auto rows = static_cast<std::size_t>(s.filters);
  const auto columns = static_cast<std::size_t>(s.tile_channels);
  for (int i = 0; i < s.tile_channels; i += kSquare) {
    for (int o = 0; o < s.tile_filters; o += kSquare) {
      transpose_square<kSquare>(
          from + static_cast<std::size_t>(i) * rows + o, rows,
          tile + static_cast<std::size_t>(o) * columns + i, columns);
    }
  }
}

#else

bool has_squares(const WeightTiles&) { return false; }
void transpose_full(const WeightTiles&, const float*, float*) {}

#endif

// Visits the tiles in the order in which the kernel lies in memory.
template <class Visit>
HWY_INLINE void for_each_tile(const WeightTiles& s, Visit visit) {
  for (int tap = 0; tap < s.taps; ++tap) {
    for (int channel = 0; channel < s.across_channels(); ++channel) {
      const int i = channel * s.tile_channels;
      for (int filter = 0; filter < s.across_filters(); ++filter) {
        const int o = filter * s.tile_filters;
        const Used used{.channels = std::min(s.tile_channels, s.channels - i),
                        .filters = std::min(s.tile_filters, s.filters - o)};
        const std::size_t kernel =
            static_cast<std::size_t>(tap * s.channels + i) *
                static_cast<std::size_t>(s.filters) +
            static_cast<std::size_t>(o);
        visit(used, kernel, s.begin(tap, channel, filter));
      }
    }
  }
}

void Pack(const WeightTiles& s, std::span<const float> kernel, float* packed) {
  const bool squares = has_squares(s);
  for_each_tile(s, [&](const Used& used, std::size_t from, std::size_t to) {
    const bool full =
        used.channels == s.tile_channels && used.filters == s.tile_filters;
    if (!s.rows_are_filters) {
      copy_tile(s, used, kernel.data() + from, packed + to);
    } else if (full && squares) {
      transpose_full(s, kernel.data() + from, packed + to);
    } else {
      transpose_some(s, used, kernel.data() + from, packed + to);
    }
  });
}

void Unpack(const WeightTiles& s, const float* packed,
            std::span<float> kernel) {
  for_each_tile(s, [&](const Used& used, std::size_t to, std::size_t from) {
    copy_rows(used.channels, used.filters, packed + from,
              static_cast<std::size_t>(s.tile_filters), kernel.data() + to,
              static_cast<std::size_t>(s.filters));
  });
}

}  // namespace polytask::kernels::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace polytask::kernels {
namespace {

HWY_EXPORT(Pack);
HWY_EXPORT(Unpack);

}  // namespace

void pack_tiles(const WeightTiles& tiles, std::span<const float> kernel,
                float* packed) {
  HWY_DYNAMIC_DISPATCH(Pack)(tiles, kernel, packed);
}

void unpack_tiles(const WeightTiles& tiles, const float* packed,
                  std::span<float> kernel) {
  HWY_DYNAMIC_DISPATCH(Unpack)(tiles, packed, kernel);
}

}  // namespace polytask::kernels
#endif
