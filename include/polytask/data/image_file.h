// A JPEG or PNG file as pixels: what Pillow's Image.open(f).convert("RGB")
// gives.
//
// The content decides which of the two it is, never the name. Grey becomes
// three equal channels, a palette becomes its colours, alpha is dropped, CMYK
// becomes R = (255 - C) * (255 - K) / 255 and so on (stored inverted, as Adobe
// does), interlaced and progressive files are read whole. Samples of 16 bits
// keep their high byte; Pillow does so for colour but turns every 16-bit grey
// above 255 white, which is not repeated here.
//
// The orientation in a camera's EXIF block is not applied and colour profiles
// are not used: neither do Pillow's convert, Keras' load_img and TensorFlow's
// decode_jpeg, and a model must see at work what it saw in training. Turn
// photographs upright before use if they come from a phone.
//
// No file is trusted. Size limits hold before pixels are allocated, and a file
// that is cut short or whose pixels are damaged is an error, not a grey area.
// Any number of threads may decode at once.

#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string_view>
#include <vector>

namespace polytask {

struct Image {
  int height = 0;  // pixels
  int width = 0;   // pixels
  int channels = 3;
  std::vector<std::uint8_t> pixels = {};  // [H, W, 3] row-major, RGB
};

inline constexpr std::int64_t kMaxImageFileBytes = 256 << 20;
inline constexpr std::int64_t kMaxImagePixels = 50'000'000;
inline constexpr int kMaxImageSide = 65'535;  // the largest a JPEG can have

// Throws Fault::io when the file cannot be read, and as decode_image does.
[[nodiscard]] Image read_image_file(const std::filesystem::path& path);

// The same for a file that is in memory already.
//   name   what to call it in messages
// Throws Fault::data when it is neither JPEG nor PNG, is damaged, or exceeds
// a limit above, Fault::resource when there is no memory for its pixels.
[[nodiscard]] Image decode_image(std::span<const std::byte> file,
                                 std::string_view name);

}  // namespace polytask
