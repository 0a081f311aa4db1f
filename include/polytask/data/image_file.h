// A JPEG or PNG file as pixels: what Pillow's
// ImageOps.exif_transpose(Image.open(f)).convert("RGB"), or convert("L"),
// gives.
//
// The content decides which of the two it is, never the name. Grey becomes
// three equal channels, a palette becomes its colours, alpha is dropped, CMYK
// becomes R = (255 - C) * (255 - K) / 255 and so on (stored inverted, as Adobe
// does), interlaced and progressive files are read whole. Samples of 16 bits
// keep their high byte; Pillow does so for colour but turns every 16-bit grey
// above 255 white, which is not repeated here. One channel is the luma of
// ITU-R 601:
//
//   L = (19595 R + 38470 G + 7471 B + 32768) / 65536, rounded down
//
// The orientation in a camera's EXIF block (of a PNG: its eXIf chunk) is
// applied: the image is upright. Colour profiles are not used.
//
// No file is trusted. Size limits hold before pixels are allocated, a
// progressive JPEG has a limited number of scans (20, up to 200 in a small
// one), and a file that is cut short or whose pixels are damaged is an error,
// not a grey area. Any number of threads may decode at once.

#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace polytask {

struct Image {
  int height = 0;  // pixels
  int width = 0;   // pixels
  int channels = 3;
  std::vector<std::uint8_t> pixels = {};  // [H, W, C] row-major, RGB or luma
};

// What an image file is to become.
struct ImageRequest {
  int channels = 3;  // 1: luma, 3: RGB
  int height = 0;    // pixels to resize it to (resize.h); 0: as it is
  int width = 0;     // pixels; 0: as it is
};

// What a file says of itself.
struct ImageInfo {
  std::string format;   // "JPEG", "PNG"
  int height = 0;       // pixels, as stored
  int width = 0;        // pixels, as stored
  std::string colors;   // "grey", "colour with alpha", "palette", "CMYK" ...
  int bits = 8;         // of a sample
  int orientation = 1;  // of EXIF: 1 upright, 6 and 8 a quarter turn ...
};

inline constexpr std::int64_t kMaxImageFileBytes = 256 << 20;
inline constexpr std::int64_t kMaxImagePixels = 100'000'000;
inline constexpr int kMaxImageSide = 65'535;  // the largest a JPEG can have

// Throws Fault::io when the file cannot be read, and as decode_image does.
[[nodiscard]] Image read_image_file(const std::filesystem::path& path,
                                    const ImageRequest& request = {});

// The same for a file that is in memory already.
//   name   what to call it in messages
// Throws Fault::data when it is neither JPEG nor PNG, is damaged, or exceeds
// a limit above, Fault::shape when the request is impossible, Fault::resource
// when there is no memory for its pixels.
[[nodiscard]] Image decode_image(std::span<const std::byte> file,
                                 std::string_view name,
                                 const ImageRequest& request = {});

// The header alone. Throws as read_image_file does.
[[nodiscard]] ImageInfo describe_image_file(const std::filesystem::path& path);

}  // namespace polytask
