#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "polytask/data/image_file.h"
#include "tests/support/places.h"

namespace polytask::test {

inline std::filesystem::path golden_images() {
  return source_path("tests/golden/images");
}

inline std::vector<std::byte> bytes_of(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  EXPECT_TRUE(file) << path;
  const std::string text{std::istreambuf_iterator<char>(file), {}};
  const auto* first = reinterpret_cast<const std::byte*>(text.data());
  return {first, first + text.size()};
}

// A file as make_image_golden.py writes it: "P6\nW H\n255\n", then the pixels.
inline Image read_netpbm(const std::filesystem::path& path, int channels) {
  std::ifstream file(path, std::ios::binary);
  EXPECT_TRUE(file) << path;
  std::string magic;
  int levels = 0;
  Image image{.channels = channels};
  file >> magic >> image.width >> image.height >> levels;
  file.get();
  image.pixels.resize(
      static_cast<std::size_t>(channels * image.width * image.height));
  file.read(reinterpret_cast<char*>(image.pixels.data()),
            static_cast<std::streamsize>(image.pixels.size()));
  return image;
}

inline Image read_ppm(const std::filesystem::path& path) {
  return read_netpbm(path, 3);
}
inline Image read_pgm(const std::filesystem::path& path) {
  return read_netpbm(path, 1);
}

// The largest difference of two images of one size, in grey levels; 256 when
// their sizes differ.
inline int largest_difference(const Image& a, const Image& b) {
  if (a.height != b.height || a.width != b.width ||
      a.pixels.size() != b.pixels.size()) {
    return 256;
  }
  int largest = 0;
  for (std::size_t i = 0; i < a.pixels.size(); ++i) {
    largest = std::max(largest, std::abs(a.pixels[i] - b.pixels[i]));
  }
  return largest;
}

}  // namespace polytask::test
