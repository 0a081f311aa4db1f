// Natural scenes, drawn: a data set that needs no download.
//
// Deserts, mountains, the sea, sunsets and trees, alone and together, in the
// proportions of the photographs of the reference job, with light, weather,
// framing and camera of their own for each. They are for demonstrations and
// tests. What a network learns here says nothing about photographs.

#pragma once

#include <cstdint>
#include <vector>

#include "polytask/data/dataset.h"

namespace polytask {

struct SceneOptions {
  std::int64_t count = 2000;
  std::uint64_t seed = 1;
  int height = 100;  // pixels, 16 to 4096
  int width = 100;   // pixels, 16 to 4096
  int threads = 0;   // 0: as many as the machine has
};

// `count` RGB images named "scene 0", "scene 1", ..., labelled desert,
// mountains, sea, sunset and trees. Image i depends on seed, i, height and
// width alone: not on count, threads or machine. Any 2000 images from a
// multiple of 2000 on have exactly the label counts of the photographs.
//
// Throws Fault::config when an option is out of range, Fault::resource when
// there is no memory for the images.
[[nodiscard]] DatasetPtr draw_scenes(const SceneOptions& options);

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
