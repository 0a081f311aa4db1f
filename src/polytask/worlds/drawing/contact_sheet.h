// Many images of a data set in one: what a person looks at first.

#pragma once

#include <cstdint>
#include <vector>

#include "polytask/data/dataset.h"

namespace polytask {

struct ContactSheetOptions {
  int columns = 10;
  int rows = 5;
  int gap = 2;             // pixels between images, white
  std::int64_t first = 0;  // index of the image at the top left
};

struct ContactSheet {
  int height = 0;
  int width = 0;
  std::vector<std::uint8_t> rgb;  // [height, width, 3]
};

// Images `first` and following, row by row; places beyond the last image
// stay white.
//
// Throws Fault::config when columns or rows are not positive or gap or first
// is negative, Fault::shape when the images are not uint8 with 3 channels.
[[nodiscard]] ContactSheet draw_contact_sheet(
    const Dataset& dataset, const ContactSheetOptions& options = {});

}  // namespace polytask
