#include "polytask/kernels/pack_tiles.h"

#include <gtest/gtest.h>

#include <limits>
#include <numeric>
#include <vector>

#include "polytask/base/text.h"
#include "tests/support/vector_targets.h"

namespace polytask::kernels {
namespace {

constexpr float kUntouched = std::numeric_limits<float>::infinity();

// Where weight (tap, channel, filter) lies, said without WeightTiles' help.
std::size_t place(const WeightTiles& s, int tap, int i, int o) {
  const int columns = (s.channels + s.tile_channels - 1) / s.tile_channels;
  const int rows = (s.filters + s.tile_filters - 1) / s.tile_filters;
  const int channel = i / s.tile_channels;
  const int filter = o / s.tile_filters;
  const int outer =
      s.channels_first ? channel * rows + filter : filter * columns + channel;
  const int inner =
      s.rows_are_filters
          ? o % s.tile_filters * s.tile_channels + i % s.tile_channels
          : i % s.tile_channels * s.tile_filters + o % s.tile_filters;
  return static_cast<std::size_t>(
      (outer * s.taps + tap) * s.tile_channels * s.tile_filters + inner);
}

std::vector<float> expected(const WeightTiles& s,
                            const std::vector<float>& kernel) {
  std::vector<float> packed(s.count(), 0.0f);
  std::size_t at = 0;
  for (int tap = 0; tap < s.taps; ++tap) {
    for (int i = 0; i < s.channels; ++i) {
      for (int o = 0; o < s.filters; ++o) {
        packed.at(place(s, tap, i, o)) = kernel[at++];
      }
    }
  }
  return packed;
}

void check(const WeightTiles& s) {
  SCOPED_TRACE(cat(s.taps, " taps, ", s.channels, " channels, ", s.filters,
                   " filters, tiles of ", s.tile_channels, " x ",
                   s.tile_filters, s.rows_are_filters ? ", exchanged" : "",
                   s.channels_first ? ", channels first" : ""));
  std::vector<float> kernel(
      static_cast<std::size_t>(s.taps * s.channels * s.filters));
  std::iota(kernel.begin(), kernel.end(), 1.0f);
  std::vector<float> packed(s.count() + 1, kUntouched);
  pack_tiles(s, kernel, packed.data());
  EXPECT_EQ(packed.back(), kUntouched);
  packed.pop_back();
  EXPECT_EQ(packed, expected(s, kernel));
  if (s.rows_are_filters) return;
  std::vector<float> back(kernel.size() + 1, kUntouched);
  unpack_tiles(s, packed.data(), std::span(back).first(kernel.size()));
  EXPECT_EQ(back.back(), kUntouched);
  back.pop_back();
  EXPECT_EQ(back, kernel);
}

void check_shapes(WeightTiles s) {
  for (const int taps : {1, 9}) {
    for (const int channels : {1, 7, 16, 24, 33}) {
      for (const int filters : {1, 8, 17, 32, 70}) {
        s.taps = taps;
        s.channels = channels;
        s.filters = filters;
        check(s);
      }
    }
  }
}

void check_all() {
  for (const bool channels_first : {false, true}) {
    for (const auto& [channels, filters] :
         {std::pair(8, 8), std::pair(16, 16), std::pair(24, 64),
          std::pair(3, 16)}) {
      WeightTiles s{.tile_channels = channels,
                    .tile_filters = filters,
                    .channels_first = channels_first};
      check_shapes(s);
      s.rows_are_filters = true;
      check_shapes(s);
    }
  }
}

TEST(PackTiles, PutsWeightsWhereTheyBelongOnEveryProcessor) {
  for (const std::int64_t target : test::vector_targets()) {
    SCOPED_TRACE(hwy::TargetName(target));
    const test::OnlyTarget only(target);
    check_all();
  }
}

TEST(PackTiles, PutsWeightsWhereTheyBelongWithoutVectors) {
  const test::OnlyTarget only(HWY_SCALAR);
  check_all();
}

}  // namespace
}  // namespace polytask::kernels
