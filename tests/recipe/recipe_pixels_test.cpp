#include "polytask/recipe/recipe_pixels.h"

#include <gtest/gtest.h>

namespace polytask {
namespace {

// One image is one input, however it is stored: 255 as a whole number is 1 as
// a fraction.
TEST(RecipePixels, AScaleIsOfWhatIsStored) {
  EXPECT_EQ(preprocessing_of({.type = PixelType::uint8, .scale = 0.5}),
            (Preprocessing{.uint8_scale = 0.5, .float32_scale = 127.5}));
  EXPECT_EQ(preprocessing_of({.type = PixelType::float32, .scale = 2.0}),
            (Preprocessing{.uint8_scale = 2.0 / 255, .float32_scale = 2.0}));
  EXPECT_EQ(preprocessing_of({.type = PixelType::uint8}),
            (Preprocessing{.uint8_scale = 1.0 / 255, .float32_scale = 1.0}));
}

TEST(RecipePixels, FractionsUpTo255AreScaledAsWholeNumbers) {
  RecipePixels pixels{.type = PixelType::float32,
                      .range = PixelRange{0.0f, 255.0f}};
  EXPECT_EQ(
      preprocessing_of(pixels),
      (Preprocessing{.uint8_scale = 1.0 / 255, .float32_scale = 1.0 / 255}));
  pixels.scale = 0.5;
  EXPECT_EQ(preprocessing_of(pixels),
            (Preprocessing{.uint8_scale = 0.5, .float32_scale = 0.5}));
}

}  // namespace
}  // namespace polytask
