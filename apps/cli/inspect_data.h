// What inspect says of data: an HDF5 file, an image.

#pragma once

#include <filesystem>

#include "polytask/base/json.h"

namespace polytask::cli {

// Size, pixels, and of each column how often each answer occurs. One pass over
// the answers.
[[nodiscard]] Json inspect_data(const std::filesystem::path& path);

// Format, size, colours and orientation, from the header alone.
[[nodiscard]] Json inspect_image(const std::filesystem::path& path);

}  // namespace polytask::cli
