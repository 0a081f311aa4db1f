#include "polytask/kernels/transposed_weights.h"

#include <algorithm>

#include "polytask/kernels/vector_targets.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "polytask/kernels/transposed_weights.cpp"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace polytask::kernels::HWY_NAMESPACE {

// Rows [channels] of `from`, `filters` apart, become columns of the tile.
void transpose_some(const float* from, std::size_t filters, int size,
                    const TransposedWeights& used, float* tile) {
  for (int o = 0; o < size; ++o) {
    for (int i = 0; i < size; ++i) {
      const bool inside = o < used.filters && i < used.channels;
      tile[o * size + i] = inside ? from[static_cast<std::size_t>(i) * filters +
                                         static_cast<std::size_t>(o)]
                                  : 0.0f;
    }
  }
}

#if HWY_TARGET <= HWY_AVX2

namespace hn = hwy::HWY_NAMESPACE;

void transpose_full(const float* from, std::size_t filters, int size,
                    float* tile) {
  const hn::FixedTag<float, 4> kFour;
  for (int i = 0; i < size; i += 4) {
    const float* rows = from + static_cast<std::size_t>(i) * filters;
    for (int o = 0; o < size; o += 4) {
      const auto a = hn::LoadU(kFour, rows + o);
      const auto b = hn::LoadU(kFour, rows + filters + o);
      const auto c = hn::LoadU(kFour, rows + 2 * filters + o);
      const auto d = hn::LoadU(kFour, rows + 3 * filters + o);
      const auto ac_low = hn::InterleaveLower(kFour, a, c);
      const auto bd_low = hn::InterleaveLower(kFour, b, d);
      const auto ac_high = hn::InterleaveUpper(kFour, a, c);
      const auto bd_high = hn::InterleaveUpper(kFour, b, d);
      float* to = tile + o * size + i;
      hn::StoreU(hn::InterleaveLower(kFour, ac_low, bd_low), kFour, to);
      hn::StoreU(hn::InterleaveUpper(kFour, ac_low, bd_low), kFour, to + size);
      hn::StoreU(hn::InterleaveLower(kFour, ac_high, bd_high), kFour,
                 to + 2 * size);
      hn::StoreU(hn::InterleaveUpper(kFour, ac_high, bd_high), kFour,
                 to + 3 * size);
    }
  }
}

#else

void transpose_full(const float* from, std::size_t filters, int size,
                    float* tile) {
  transpose_some(from, filters, size, {.channels = size, .filters = size},
                 tile);
}

#endif

void Pack(const TransposedWeights& s, std::span<const float> kernel,
          float* packed) {
  const auto filters = static_cast<std::size_t>(s.filters);
  for (int o = 0; o < s.filters; o += s.tile) {
    for (int i = 0; i < s.channels; i += s.tile) {
      const TransposedWeights used{.channels = std::min(s.tile, s.channels - i),
                                   .filters = std::min(s.tile, s.filters - o)};
      const bool full = used.channels == s.tile && used.filters == s.tile;
      for (int tap = 0; tap < s.taps; ++tap, packed += s.tile * s.tile) {
        const float* from =
            kernel.data() +
            static_cast<std::size_t>(tap * s.channels + i) * filters + o;
        full ? transpose_full(from, filters, s.tile, packed)
             : transpose_some(from, filters, s.tile, used, packed);
      }
    }
  }
}

}  // namespace polytask::kernels::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace polytask::kernels {
namespace {

HWY_EXPORT(Pack);

}  // namespace

std::size_t transposed_count(const TransposedWeights& s) {
  const int tiles = ((s.filters + s.tile - 1) / s.tile) *
                    ((s.channels + s.tile - 1) / s.tile) * s.taps;
  return static_cast<std::size_t>(tiles) *
         static_cast<std::size_t>(s.tile * s.tile);
}

void pack_transposed(const TransposedWeights& shape,
                     std::span<const float> kernel, float* packed) {
  HWY_DYNAMIC_DISPATCH(Pack)(shape, kernel, packed);
}

}  // namespace polytask::kernels
#endif
