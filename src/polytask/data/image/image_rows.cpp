#include "polytask/data/image/image_rows.h"

#include <algorithm>
#include <cstring>
#include <new>
#include <utility>

#include "polytask/base/error.h"
#include "polytask/base/text.h"
#include "polytask/data/image/exif.h"
#include "polytask/data/resize.h"

namespace polytask {
namespace {

void require_possible(const ImageClaim& claim, std::size_t file_bytes,
                      std::string_view name) {
  const std::uint64_t pixels = std::uint64_t{claim.height} * claim.width;
  const std::uint32_t longest = std::max(claim.height, claim.width);
  if (pixels > std::uint64_t{kMaxImagePixels} ||
      longest > std::uint32_t{kMaxImageSide}) {
    throw Error(
        Fault::data,
        cat(name, ": expected a ", claim.format, " image of at most ",
            kMaxImagePixels, " pixels and sides of at most ", kMaxImageSide,
            ", found ", claim.width, " x ", claim.height, "; save it smaller"));
  }
  if (file_bytes < claim.least_bytes) {
    throw_damaged(name, claim.format,
                  cat("only ", file_bytes, " bytes for ", claim.width, " x ",
                      claim.height, " pixels"));
  }
}

// L = (19595 R + 38470 G + 7471 B + 32768) / 65536: ITU-R 601 as Pillow's
// convert("L") computes it.
void to_luma(const std::uint8_t* rgb, std::size_t width, std::uint8_t* luma) {
  for (std::size_t x = 0; x < width; ++x, rgb += 3) {
    const std::uint32_t sum =
        rgb[0] * 19595u + rgb[1] * 38470u + rgb[2] * 7471u + 0x8000u;
    luma[x] = static_cast<std::uint8_t>(sum >> 16);
  }
}

void mirror(std::uint8_t* row, std::size_t width, std::size_t channels) {
  if (width < 2) return;
  for (std::size_t a = 0, b = width - 1; a < b; ++a, --b) {
    std::swap_ranges(row + a * channels, row + (a + 1) * channels,
                     row + b * channels);
  }
}

}  // namespace

ImageRows::ImageRows(const ImageClaim& claim, std::size_t file_bytes,
                     std::string_view name, const ImageRequest& request)
    : orientation_(claim.orientation), request_(request) {
  require_possible(claim, file_bytes, name);
  height_ = static_cast<int>(claim.height);
  width_ = static_cast<int>(claim.width);
  image_ = {.height = height_, .width = width_, .channels = request.channels};
  if (swaps_sides(orientation_)) std::swap(image_.height, image_.width);
  if (request_.height == 0) request_.height = image_.height;
  if (request_.width == 0) request_.width = image_.width;
  require_resize({image_.height, image_.width},
                 {request_.height, request_.width});
  if (!swaps_sides(orientation_) && request_.width != width_) {
    axis_ = make_resize_axis(width_, request_.width);
    image_.width = request_.width;
  }
  const auto channels = static_cast<std::size_t>(request.channels);
  try {
    image_.pixels.resize(channels * static_cast<std::size_t>(image_.height) *
                         static_cast<std::size_t>(image_.width));
    row_.resize(channels * claim.width);
  } catch (const std::bad_alloc&) {
    throw Error(Fault::resource,
                cat(name, ": no memory for ", claim.width, " x ", claim.height,
                    " pixels; save it smaller"));
  }
}

void ImageRows::put(int y, const std::uint8_t* rgb) noexcept {
  const auto width = static_cast<std::size_t>(width_);
  const auto channels = static_cast<std::size_t>(image_.channels);
  if (channels == 1) {
    to_luma(rgb, width, row_.data());
  } else {
    std::memcpy(row_.data(), rgb, row_.size());
  }
  if (swaps_sides(orientation_)) return put_turned(y, row_.data());
  if (orientation_ == 2 || orientation_ == 3) {
    mirror(row_.data(), width, channels);
  }
  if (orientation_ == 3 || orientation_ == 4) y = height_ - 1 - y;
  std::uint8_t* to = image_.pixels.data() +
                     static_cast<std::size_t>(y) *
                         static_cast<std::size_t>(image_.width) * channels;
  if (axis_) {
    resize_row(*axis_, image_.channels, row_.data(), to);
  } else {
    std::memcpy(to, row_.data(), row_.size());
  }
}

// A row of the file is a column of the image.
void ImageRows::put_turned(int y, const std::uint8_t* row) noexcept {
  const bool right = orientation_ == 6 || orientation_ == 7;
  const bool up = orientation_ == 7 || orientation_ == 8;
  const auto column = static_cast<std::size_t>(right ? height_ - 1 - y : y);
  const auto channels = static_cast<std::size_t>(image_.channels);
  const auto stride = static_cast<std::size_t>(image_.width) * channels;
  const auto last = static_cast<std::size_t>(width_) - 1;
  for (std::size_t x = 0; x <= last; ++x) {
    std::uint8_t* to =
        image_.pixels.data() + (up ? last - x : x) * stride + column * channels;
    for (std::size_t c = 0; c < channels; ++c) *to++ = *row++;
  }
}

Image ImageRows::take() {
  if (image_.height == request_.height && image_.width == request_.width) {
    return std::move(image_);
  }
  return resize_bilinear(image_, request_.height, request_.width);
}

void throw_damaged(std::string_view name, const char* format,
                   const std::string& reason) {
  throw Error(Fault::data,
              cat(name, ": expected a whole ", format, " image, found damage (",
                  reason, "); get the file again or leave it out"));
}

}  // namespace polytask
