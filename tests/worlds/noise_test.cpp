#include "polytask/worlds/drawing/noise.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

namespace polytask::draw {
namespace {

TEST(Noise, IsZeroOnTheLattice) {
  EXPECT_EQ(noise(3.0f, -2.0f, 9), 0.0f);
  EXPECT_EQ(noise(0.0f, 0.0f, 1), 0.0f);
}

TEST(Noise, IsContinuousAcrossCells) {
  for (float y = 0.05f; y < 4.0f; y += 0.13f) {
    EXPECT_NEAR(noise(1.0f - 1e-4f, y, 5), noise(1.0f + 1e-4f, y, 5), 1e-3f);
    EXPECT_NEAR(noise(y, -1e-4f, 5), noise(y, 1e-4f, 5), 1e-3f);
  }
}

TEST(Noise, UsesItsRangeAndStaysInIt) {
  float low = 0.0f;
  float high = 0.0f;
  for (float x = 0.0f; x < 60.0f; x += 0.37f) {
    for (float y = 0.0f; y < 60.0f; y += 0.41f) {
      const float n = noise(x, y, 2);
      low = std::min(low, n);
      high = std::max(high, n);
    }
  }
  EXPECT_GT(high, 0.8f);
  EXPECT_LT(high, 1.3f);
  EXPECT_LT(low, -0.8f);
  EXPECT_GT(low, -1.3f);
}

TEST(Noise, AnotherSeedIsAnotherField) {
  EXPECT_NE(noise(0.4f, 0.7f, 1), noise(0.4f, 0.7f, 2));
}

TEST(Noise, RidgesStayInTheUnitInterval) {
  for (float x = 0.0f; x < 40.0f; x += 0.17f) {
    const float r = ridges(x, 0.5f * x, 3, 5);
    EXPECT_GE(r, 0.0f);
    EXPECT_LE(r, 1.0f);
  }
}

TEST(Noise, MoreOctavesTurnMoreOften) {
  const auto turns = [](int octaves) {
    int count = 0;
    float before = 0.0f;
    float slope = 0.0f;
    for (float x = 0.0f; x < 20.0f; x += 0.02f) {
      const float here = fractal(x, 0.3f, 4, octaves, 0.7f);
      if ((here - before) * slope < 0.0f) ++count;
      slope = here - before;
      before = here;
    }
    return count;
  };
  EXPECT_GT(turns(4), 3 * turns(1));
}

TEST(Noise, TheNearestCellPointIsNearerThanTheSecond) {
  for (float x = -5.0f; x < 5.0f; x += 0.21f) {
    const Cell cell = cells(x, 1.7f * x, 8);
    EXPECT_LE(cell.nearest, cell.second);
    EXPECT_LT(cell.nearest, 1.5f);
    EXPECT_GE(cell.value, 0.0f);
    EXPECT_LT(cell.value, 1.0f);
  }
}

}  // namespace
}  // namespace polytask::draw
