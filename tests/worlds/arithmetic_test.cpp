#include "polytask/worlds/drawing/arithmetic.h"

#include <gtest/gtest.h>

#include <cmath>
#include <numbers>

namespace polytask::draw {
namespace {

TEST(Arithmetic, FloorOfNegativesGoesDown) {
  EXPECT_EQ(floor_to_int(2.75f), 2);
  EXPECT_EQ(floor_to_int(-0.25f), -1);
  EXPECT_EQ(floor_to_int(-3.0f), -3);
}

TEST(Arithmetic, SmoothIsFlatAtItsEnds) {
  EXPECT_EQ(smooth(1.0f, 3.0f, 0.5f), 0.0f);
  EXPECT_EQ(smooth(1.0f, 3.0f, 2.0f), 0.5f);
  EXPECT_EQ(smooth(1.0f, 3.0f, 3.5f), 1.0f);
  EXPECT_EQ(smooth(3.0f, 1.0f, 0.5f), 1.0f);
}

TEST(Arithmetic, Exp2MatchesTheLibrary) {
  for (float x = -30.0f; x < 30.0f; x += 0.037f) {
    EXPECT_NEAR(exp2(x) / std::exp2(static_cast<double>(x)), 1.0, 1e-4) << x;
  }
}

TEST(Arithmetic, DecayVanishesFarOutWithoutLeavingTheNumbers) {
  EXPECT_NEAR(decay(1.0f), 1.0 / std::numbers::e, 1e-4);
  EXPECT_LT(decay(1e9f), 1e-37f);
  EXPECT_TRUE(std::isfinite(decay(-1e9f)));
}

TEST(Arithmetic, Log2MatchesTheLibrary) {
  for (float x = 1e-6f; x < 1e6f; x *= 1.013f) {
    EXPECT_NEAR(log2(x), std::log2(static_cast<double>(x)), 1e-4) << x;
  }
}

TEST(Arithmetic, PowerOfZeroIsZero) {
  EXPECT_EQ(power(0.0f, 0.5f), 0.0f);
  EXPECT_NEAR(power(7.0f, 1.5f), 18.520259, 2e-3);
}

TEST(Arithmetic, WaveIsTheSineOfTurns) {
  for (float turns = -3.0f; turns < 3.0f; turns += 0.011f) {
    const double exact = std::sin(2.0 * std::numbers::pi * turns);
    EXPECT_NEAR(wave(turns), exact, 1e-5) << turns;
  }
}

}  // namespace
}  // namespace polytask::draw
