#include "polytask/kernels/max_pool.h"

#include <gtest/gtest.h>

#include <limits>
#include <random>

#include "polytask/base/text.h"
#include "tests/reference/max_pool.h"

namespace polytask::kernels {
namespace {

constexpr float kNaN = std::numeric_limits<float>::quiet_NaN();

// Few distinct values, so that ties happen in most windows.
std::vector<float> with_ties(std::size_t count) {
  std::mt19937 rng(5);
  std::uniform_int_distribution<int> level(-2, 2);
  std::vector<float> values(count);
  for (float& v : values) v = static_cast<float>(level(rng));
  return values;
}

std::size_t pixels(const PoolShape& s) {
  return static_cast<std::size_t>(s.height * s.width * s.channels);
}

void check(const PoolShape& s, bool positive_only) {
  SCOPED_TRACE(cat(s.height, "x", s.width, "x", s.channels, " window ",
                   s.window, positive_only ? " positive only" : ""));
  const std::vector<float> src = with_ties(pixels(s));
  const reference::Pooled<float> expected =
      reference::max_pool(s.height, s.width, s.channels, s.window, src);
  const std::size_t results = expected.dst.size();

  std::vector<float> dst(results, kNaN);
  max_pool(s, src.data(), dst.data());
  EXPECT_EQ(dst, expected.dst);

  std::vector<float> dst_training(results, kNaN);
  std::vector<std::uint8_t> winner(results);
  max_pool_training(s, {.positive_only = positive_only}, src.data(),
                    dst_training.data(), winner.data());
  EXPECT_EQ(dst_training, expected.dst);

  std::vector<float> diff_dst(results);
  std::vector<float> diff_expected(src.size(), 0.0f);
  for (std::size_t i = 0; i < results; ++i) {
    diff_dst[i] = static_cast<float>(i + 1);
    if (positive_only && expected.dst[i] <= 0.0f) continue;
    diff_expected[static_cast<std::size_t>(expected.winner[i])] = diff_dst[i];
  }
  std::vector<float> diff_src(src.size(), kNaN);
  max_pool_backward(s, diff_dst.data(), winner.data(), diff_src.data());
  EXPECT_EQ(diff_src, diff_expected);
}

TEST(MaxPool, EqualsThePlainLoopForEverySmallShape) {
  for (int height = 2; height <= 7; ++height) {
    for (int width = 2; width <= 7; ++width) {
      for (const int window : {2, 3}) {
        if (height < window || width < window) continue;
        for (const int channels : {1, 3, 16, 17}) {
          check({height, width, channels, window}, false);
          check({height, width, channels, window}, true);
        }
      }
    }
  }
}

TEST(MaxPool, WindowOfFifteenHasRoomForItsLastElement) {
  std::vector<float> src(225, 0.0f);
  src.back() = 1.0f;
  float dst = kNaN;
  std::uint8_t winner = 0;
  max_pool_training({15, 15, 1, 15}, {.positive_only = true}, src.data(), &dst,
                    &winner);
  EXPECT_EQ(winner, 224);
  EXPECT_NE(winner, kNoWinner);
}

// NaN is not above 0: a relu lets nothing through there.
TEST(MaxPool, AWindowOfZerosBehindAReluHasNoWinner) {
  const std::vector<float> src{0.0f, -0.0f, 0.0f, -1.0f};
  float dst = kNaN;
  std::uint8_t winner = 0;
  max_pool_training({2, 2, 1, 2}, {.positive_only = true}, src.data(), &dst,
                    &winner);
  EXPECT_EQ(winner, kNoWinner);
  EXPECT_EQ(dst, 0.0f);
}

TEST(MaxPool, AWindowIsAliveWhenItHasAWinner) {
  const std::vector<std::uint8_t> winner{0, kNoWinner, 3, kNoWinner, kNoWinner};
  EXPECT_EQ(alive_windows(winner), 2u);
}

}  // namespace
}  // namespace polytask::kernels
