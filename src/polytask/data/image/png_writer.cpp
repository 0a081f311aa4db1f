#include "polytask/data/image/png_writer.h"

#include <png.h>

#include <vector>

#include "polytask/base/atomic_file.h"
#include "polytask/base/error.h"
#include "polytask/base/text.h"

namespace polytask {
namespace {

void check(int height, int width, std::size_t bytes) {
  constexpr int kMostSide = 1 << 20;
  const bool sides_ok =
      height > 0 && width > 0 && height <= kMostSide && width <= kMostSide;
  if (sides_ok && bytes == static_cast<std::size_t>(height) *
                               static_cast<std::size_t>(width) * 3) {
    return;
  }
  throw Error(Fault::shape,
              cat("png: expected height x width x 3 bytes, found ", bytes,
                  " bytes for ", height, " x ", width));
}

std::vector<char> encoded(int height, int width,
                          std::span<const std::uint8_t> rgb) {
  png_image image{};
  image.version = PNG_IMAGE_VERSION;
  image.height = static_cast<png_uint_32>(height);
  image.width = static_cast<png_uint_32>(width);
  image.format = PNG_FORMAT_RGB;
  png_alloc_size_t bytes = PNG_IMAGE_PNG_SIZE_MAX(image);
  std::vector<char> memory(bytes);
  if (png_image_write_to_memory(&image, memory.data(), &bytes, 0, rgb.data(), 0,
                                nullptr) == 0) {
    throw Error(Fault::backend, cat("png: libpng refused a picture of ", height,
                                    " x ", width, ": ", image.message));
  }
  memory.resize(bytes);
  return memory;
}

}  // namespace

void write_png(const std::filesystem::path& path, int height, int width,
               std::span<const std::uint8_t> rgb) {
  check(height, width, rgb.size());
  const std::vector<char> file = encoded(height, width, rgb);
  write_file_atomically(path, {file.data(), file.size()});
}

}  // namespace polytask
