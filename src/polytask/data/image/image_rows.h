// Where the rows of an image go as they are decoded: turned upright, in one or
// three channels, and brought to the size that is asked for.
//
// Of an image that is not turned by a quarter only [H, width, C] is ever held:
// a large photograph takes little memory.

#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "polytask/data/image/resize_axis.h"
#include "polytask/data/image_file.h"

namespace polytask {

struct ImageClaim {
  const char* format = "";        // "JPEG" or "PNG"
  std::uint32_t height = 0;       // pixels, as the header claims
  std::uint32_t width = 0;        // pixels
  std::uint64_t least_bytes = 0;  // no file of that size can be shorter
  int orientation = 1;            // exif.h
};

class ImageRows {
 public:
  // Throws Fault::data when the claim exceeds a limit of image_file.h, or when
  // `file_bytes` are too few for it: a few bytes cannot claim many megabytes of
  // memory. Throws Fault::shape for a size that is impossible (resize.h),
  // Fault::resource when there is no memory.
  ImageRows(const ImageClaim& claim, std::size_t file_bytes,
            std::string_view name, const ImageRequest& request);

  // Takes row `y` of the file, [width, 3] RGB, each row once, in any order.
  // Allocates nothing and does not throw.
  void put(int y, const std::uint8_t* rgb) noexcept;

  // Once every row is there.
  [[nodiscard]] Image take();

 private:
  void put_turned(int y, const std::uint8_t* row) noexcept;

  int height_;  // as in the file
  int width_;
  int orientation_;
  ImageRequest request_;
  std::optional<ResizeAxis> axis_;  // along rows, where they shrink at once
  Image image_;                     // upright
  std::vector<std::uint8_t> row_;   // [width, C]
};

// Throws Fault::data: the file is damaged, in the decoder's words.
[[noreturn]] void throw_damaged(std::string_view name, const char* format,
                                const std::string& reason);

}  // namespace polytask
