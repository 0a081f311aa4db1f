#include "polytask/recipe/recipe_pixels.h"

#include <algorithm>
#include <cmath>

#include "polytask/base/error.h"
#include "polytask/base/text.h"

namespace polytask {
namespace {

constexpr double kBytes = 255.0;
constexpr float kFarFromOne = 16.0f;  // standardised pixels stay below

}  // namespace

Preprocessing preprocessing_of(const RecipePixels& pixels) {
  const std::optional<double> scale = pixels.scale;
  if (pixels.holds_bytes()) {
    const double both = scale.value_or(1.0 / kBytes);
    return {.uint8_scale = both, .float32_scale = both};
  }
  if (!scale) return {};
  if (pixels.type == PixelType::uint8) {
    return {.uint8_scale = *scale, .float32_scale = *scale * kBytes};
  }
  return {.uint8_scale = *scale / kBytes, .float32_scale = *scale};
}

std::vector<std::string> pixel_warnings(const RecipePixels& pixels) {
  if (pixels.scale || !pixels.range) return {};
  const auto [least, largest] = *pixels.range;
  if (pixels.holds_bytes()) {
    return {cat("the pixels are fractions from ", least, " to ", largest,
                ": they are scaled by 1/255, as whole numbers are; data.scale "
                "says it otherwise")};
  }
  if (std::max(std::abs(least), std::abs(largest)) <= kFarFromOne) return {};
  return {cat("the pixels run from ", least, " to ", largest,
              " and are taken as they are; networks learn from values near 0 "
              "to 1: say what to multiply them by with data.scale")};
}

void require_pixels_of(const Preprocessing& start, const RecipePixels& pixels) {
  if (!pixels.holds_bytes() || start.float32_scale == start.uint8_scale) return;
  throw Error(Fault::config,
              cat("network.from: the pixels of the data are fractions from 0 "
                  "to ",
                  pixels.range->largest,
                  ", the model takes fractions from 0 to 1; divide them by "
                  "255"));
}

}  // namespace polytask
