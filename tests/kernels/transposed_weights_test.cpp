#include "polytask/kernels/transposed_weights.h"

#include <gtest/gtest.h>

#include <limits>
#include <vector>

#include "polytask/base/text.h"
#include "tests/support/vector_targets.h"

namespace polytask::kernels {
namespace {

// Weight (tap, channel, filter) of `kernel` in the place the header names.
std::vector<float> expected(const TransposedWeights& s,
                            const std::vector<float>& kernel) {
  const int columns = (s.channels + s.tile - 1) / s.tile;
  std::vector<float> packed(transposed_count(s), 0.0f);
  std::size_t at = 0;
  for (int tap = 0; tap < s.taps; ++tap) {
    for (int i = 0; i < s.channels; ++i) {
      for (int o = 0; o < s.filters; ++o) {
        const int tile = (o / s.tile * columns + i / s.tile) * s.taps + tap;
        packed[(tile * s.tile + o % s.tile) * s.tile + i % s.tile] =
            kernel[at++];
      }
    }
  }
  return packed;
}

void check(const TransposedWeights& s) {
  SCOPED_TRACE(cat(s.taps, " taps, ", s.channels, " channels, ", s.filters,
                   " filters, tiles of ", s.tile));
  std::vector<float> kernel(s.taps * s.channels * s.filters);
  for (std::size_t i = 0; i < kernel.size(); ++i) {
    kernel[i] = static_cast<float>(i + 1);
  }
  std::vector<float> packed(transposed_count(s) + 1,
                            std::numeric_limits<float>::infinity());
  pack_transposed(s, kernel, packed.data());
  EXPECT_EQ(packed.back(), std::numeric_limits<float>::infinity());
  packed.pop_back();
  EXPECT_EQ(packed, expected(s, kernel));
}

void check_all() {
  for (const int tile : {8, 16}) {
    for (const int taps : {1, 9}) {
      for (const int channels : {1, 7, 16, 24, 33}) {
        for (const int filters : {1, 8, 17, 32}) {
          check({.taps = taps,
                 .channels = channels,
                 .filters = filters,
                 .tile = tile});
        }
      }
    }
  }
}

TEST(TransposedWeights, LieInTilesOnEveryProcessor) {
  for (const std::int64_t target : test::vector_targets()) {
    SCOPED_TRACE(hwy::TargetName(target));
    const test::OnlyTarget only(target);
    check_all();
  }
}

TEST(TransposedWeights, LieInTilesWithoutVectors) {
  const test::OnlyTarget only(HWY_SCALAR);
  check_all();
}

}  // namespace
}  // namespace polytask::kernels
