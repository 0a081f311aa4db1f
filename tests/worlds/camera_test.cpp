#include "polytask/worlds/scenes/camera.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

#include "polytask/worlds/drawing/compression.h"

namespace polytask::draw {
namespace {

TEST(Compression, KeepsAFlatPicture) {
  Canvas canvas(16, 16);
  canvas.paint(canvas.whole(), [](float, float) -> Paint {
    return {{0.5f, 0.5f, 0.5f}, 1.0f};
  });
  compress(canvas, 0.001f);
  EXPECT_NEAR(canvas.at(3, 12).green, 0.5f, 1e-3f);
}

TEST(Compression, LosesFineDetailFirst) {
  const auto contrast_after = [](float waves) {
    Canvas canvas(8, 8);
    canvas.paint(canvas.whole(), [&](float u, float) -> Paint {
      const float grey = 0.5f + 0.05f * wave(waves * u + 0.25f);
      return {{grey, grey, grey}, 1.0f};
    });
    compress(canvas, 0.1f);
    float low = 1.0f;
    float high = 0.0f;
    for (int column = 0; column < 8; ++column) {
      low = std::min(low, canvas.at(4, column).green);
      high = std::max(high, canvas.at(4, column).green);
    }
    return high - low;
  };
  EXPECT_GT(contrast_after(0.5f), 0.05f);
  EXPECT_LT(contrast_after(3.5f), 0.01f);
}

TEST(Compression, HandlesPicturesThatAreNotWholeBlocks) {
  Canvas canvas(19, 21);
  canvas.at(18, 20) = {1.0f, 1.0f, 1.0f};
  compress(canvas, 0.001f);
  EXPECT_NEAR(canvas.at(18, 20).red, 1.0f, 0.02f);
  EXPECT_NEAR(canvas.at(18, 19).red, 0.0f, 0.02f);
}

TEST(Camera, ExposesADarkSceneBrighter) {
  const auto mean_of = [](float light) {
    Canvas canvas(40, 40);
    canvas.paint(canvas.whole(), [&](float u, float) -> Paint {
      return {{light * u, light * u, light * u}, 1.0f};
    });
    Dice dice(1, 1);
    std::vector<std::uint8_t> rgb(4800);
    take_photograph(canvas, dice, rgb);
    double sum = 0.0;
    for (const std::uint8_t value : rgb) sum += value;
    return sum / 4800;
  };
  EXPECT_GT(mean_of(0.05f), 50.0);
  EXPECT_LT(mean_of(3.0f), 220.0);
}

}  // namespace
}  // namespace polytask::draw
