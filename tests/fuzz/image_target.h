// What the targets of image files share.

#pragma once

#include <algorithm>
#include <utility>

#include "polytask/data/image_file.h"
#include "tests/fuzz/fuzz_target.h"

namespace polytask::fuzz {

// Larger images are held against the limits, but take too long to be decoded
// hundreds of thousands of times.
inline constexpr std::int64_t kMostDecodedPixels = 1 << 16;

inline void expect_size(const Image& image, int height, int width,
                        int channels) {
  const std::size_t bytes = static_cast<std::size_t>(height) *
                            static_cast<std::size_t>(width) *
                            static_cast<std::size_t>(channels);
  if (image.height != height || image.width != width ||
      image.channels != channels || image.pixels.size() != bytes) {
    std::abort();
  }
}

// Whatever the bytes, a refusal or an image that is as large as its header
// says, upright, or as large as was asked for.
inline void expect_image_or_refusal(std::span<const std::uint8_t> bytes) {
  const MemoryFile file(bytes);
  expect_answer_or_refusal([&] {
    const ImageInfo info = describe_image_file(file.path());
    const std::int64_t pixels = std::int64_t{info.height} * info.width;
    const bool too_large = pixels > kMaxImagePixels ||
                           std::max(info.height, info.width) > kMaxImageSide;
    if (pixels > kMostDecodedPixels && !too_large) return;
    std::pair sides(info.height, info.width);
    if (info.orientation >= 5) std::swap(sides.first, sides.second);
    const Image whole = read_image_file(file.path());
    if (too_large) std::abort();
    expect_size(whole, sides.first, sides.second, 3);
    expect_size(
        read_image_file(file.path(), {.channels = 1, .height = 7, .width = 5}),
        7, 5, 1);
  });
}

}  // namespace polytask::fuzz
