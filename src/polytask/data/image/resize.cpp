#include "polytask/data/resize.h"

#include <algorithm>

#include "polytask/base/error.h"
#include "polytask/base/text.h"
#include "polytask/data/image/resize_axis.h"

namespace polytask {
namespace {

Image empty_image(int height, int width, int channels) {
  Image image{.height = height, .width = width, .channels = channels};
  image.pixels.resize(static_cast<std::size_t>(height) *
                      static_cast<std::size_t>(width) *
                      static_cast<std::size_t>(channels));
  return image;
}

// [height, W, C] -> [height, width, C]
Image resize_rows(const Image& image, int width) {
  const ResizeAxis axis = make_resize_axis(image.width, width);
  Image result = empty_image(image.height, width, image.channels);
  for (int y = 0; y < image.height; ++y) {
    const auto row = static_cast<std::ptrdiff_t>(y) * image.channels;
    resize_row(axis, image.channels, image.pixels.data() + row * image.width,
               result.pixels.data() + row * width);
  }
  return result;
}

// [H, width, C] -> [height, width, C]
Image resize_columns(const Image& image, int height) {
  Image result = empty_image(height, image.width, image.channels);
  resize_columns(make_resize_axis(image.height, height),
                 static_cast<std::size_t>(image.channels) *
                     static_cast<std::size_t>(image.width),
                 image.pixels.data(), result.pixels.data());
  return result;
}

void require_valid(const Image& image, int height, int width) {
  const std::int64_t values =
      std::int64_t{image.height} * image.width * image.channels;
  if (image.height < 1 || image.width < 1 ||
      (image.channels != 1 && image.channels != 3) ||
      image.pixels.size() != static_cast<std::size_t>(values)) {
    throw Error(Fault::shape,
                cat("resize: expected an image of [H, W, C] values, C = 1 or "
                    "3, got ",
                    image.pixels.size(), " for [", image.height, ", ",
                    image.width, ", ", image.channels, "]"));
  }
  require_resize({image.height, image.width}, {height, width});
}

}  // namespace

void require_resize(const ImageSize& from, const ImageSize& to) {
  const auto [height, width] = to;
  const std::int64_t tallest = std::max(height, from.height);  // on the way
  if (std::min(height, width) < 1 || std::max(height, width) > kMaxImageSide ||
      tallest * width > kMaxImagePixels) {
    throw Error(
        Fault::shape,
        cat("resize: expected a size of 1 to ", kMaxImageSide, " and at most ",
            kMaxImagePixels, " pixels, got ", width, " x ", height, " from ",
            from.width, " x ", from.height, "; choose a smaller one"));
  }
}

Image resize_bilinear(const Image& image, int height, int width) {
  require_valid(image, height, width);
  if (image.width == width && image.height == height) return image;
  if (image.width == width) return resize_columns(image, height);
  if (image.height == height) return resize_rows(image, width);
  return resize_columns(resize_rows(image, width), height);
}

}  // namespace polytask
