#include "polytask/worlds/scenes/relief.h"

#include <gtest/gtest.h>

namespace polytask::draw {
namespace {

// A stage with nothing in the air and an all-black canvas.
class ReliefStage {
 public:
  ReliefStage() : sky_(light_, view_, dice_) {}
  [[nodiscard]] Stage stage() { return {canvas_, light_, view_, sky_}; }
  [[nodiscard]] const Canvas& canvas() const { return canvas_; }

 private:
  Canvas canvas_{100, 60};
  Light light_{};
  View view_{.horizon = 0.4f, .focal = 1.0f, .eye = 1.0f, .centre = 0.3f};
  Dice dice_{1, 1};
  Sky sky_;
};

constexpr ReliefRange kFar{0.5f, 1000.0f, 400};

TEST(Relief, FlatLandReachesTheHorizonAndNoFurther) {
  ReliefStage world;
  draw_relief(
      world.stage(), kFar, [](float, float) { return 0.0f; },
      [](const ReliefPoint&) {
        return Color{1.0f, 1.0f, 1.0f};
      });
  EXPECT_EQ(world.canvas().at(38, 30).red, 0.0f);
  EXPECT_NEAR(world.canvas().at(41, 30).red, 1.0f, 1e-5f);
  EXPECT_NEAR(world.canvas().at(99, 0).red, 1.0f, 1e-5f);
}

TEST(Relief, APointOfFlatLandIsWhereItsPixelLooks) {
  // Row 89.5 is 0.495 below the horizon: z = 1 / 0.495.
  ReliefStage world;
  draw_relief(
      world.stage(), kFar, [](float, float) { return 0.0f; },
      [](const ReliefPoint& at) {
        return Color{at.z, at.x, at.normal.y};
      });
  EXPECT_NEAR(world.canvas().at(89, 30).red, 2.0202f, 0.02f);
  EXPECT_NEAR(world.canvas().at(89, 30).green, 0.005f * 2.02f, 1e-3f);
  EXPECT_NEAR(world.canvas().at(89, 30).blue, 1.0f, 1e-5f);
}

TEST(Relief, AWallHidesWhatIsBehindIt) {
  // From z = 4 on land is 2 high, one above the eye: up to v = 0.15.
  ReliefStage world;
  draw_relief(
      world.stage(), kFar,
      [](float, float z) { return z < 4.0f ? 0.0f : 2.0f; },
      [](const ReliefPoint& at) {
        return Color{at.z, 0.0f, 0.0f};
      });
  EXPECT_EQ(world.canvas().at(13, 30).red, 0.0f);
  EXPECT_NEAR(world.canvas().at(16, 30).red, 4.0f, 0.1f);
  EXPECT_NEAR(world.canvas().at(60, 30).red, 4.0f, 0.1f);
}

}  // namespace
}  // namespace polytask::draw
