// How a network scales the pixels of a recipe's data.
//
// Whole numbers hold 0 to 255, fractions 0 to 1 or, where their range says so
// (PixelRange::holds_bytes), 0 to 255 too. A model learns from one of them and
// is asked about others: both of its scales are chosen so that one image,
// stored in either type, is one input.

#pragma once

#include <optional>
#include <string>
#include <vector>

#include "polytask/data/image/pixel_range.h"
#include "polytask/model/model.h"

namespace polytask {

struct RecipePixels {
  PixelType type = PixelType::uint8;
  std::optional<PixelRange> range = std::nullopt;  // of float32
  std::optional<double> scale = std::nullopt;      // data.scale

  [[nodiscard]] bool holds_bytes() const {
    return range && range->holds_bytes();
  }
};

// With data.scale a stored value is multiplied by that; without, the network
// sees 0 to 1, and anything else as it is.
[[nodiscard]] Preprocessing preprocessing_of(const RecipePixels& pixels);

// A sentence where the scale is no matter of course: fractions up to 255, and
// values far beyond 1 that no scale was said for.
[[nodiscard]] std::vector<std::string> pixel_warnings(
    const RecipePixels& pixels);

// Throws Fault::config when the data has fractions up to 255 and the model that
// the recipe begins with takes those up to 1.
void require_pixels_of(const Preprocessing& start, const RecipePixels& pixels);

}  // namespace polytask
