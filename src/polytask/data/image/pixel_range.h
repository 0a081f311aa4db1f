// Which values float pixels have: whether they run from 0 to 1 or, as those of
// whole numbers do, from 0 to 255.

#pragma once

#include <optional>

#include "polytask/data/dataset.h"

namespace polytask {

struct PixelRange {
  float least = 0.0f;
  float largest = 1.0f;

  // Whether they run from 0 to 255: none below 0, the largest above 2 and at
  // most 255.
  [[nodiscard]] bool holds_bytes() const {
    return least >= 0.0f && largest > 2.0f && largest <= 255.0f;
  }
};

// Of float32 pixels, reading every image once; nothing for uint8, of which one
// knows, and for a data set without images.
[[nodiscard]] std::optional<PixelRange> pixel_range(const Dataset& data);

}  // namespace polytask
