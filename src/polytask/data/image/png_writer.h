// Pictures as PNG files.

#pragma once

#include <cstdint>
#include <filesystem>
#include <span>

namespace polytask {

// Writes rgb, [height, width, 3], replacing what the file held.
//
// Throws Fault::shape when the length of rgb does not fit, Fault::io when the
// file cannot be written.
void write_png(const std::filesystem::path& path, int height, int width,
               std::span<const std::uint8_t> rgb);

}  // namespace polytask
