#include "polytask/data/resize.h"

#include <algorithm>
#include <cmath>
#include <span>

#include "polytask/base/error.h"
#include "polytask/base/text.h"

namespace polytask {
namespace {

// 255 * 2^22 < 2^31, so the sum of a window cannot overflow: its weights sum to
// 1 but for half a unit each.
constexpr int kFractionBits = 22;
constexpr std::int32_t kHalf = 1 << (kFractionBits - 1);

// The weights of each result pixel along one axis.
struct Filter {
  struct Window {
    int first = 0;  // source pixel
    int taps = 0;
  };
  std::vector<Window> windows;        // [result length]
  std::vector<std::int32_t> weights;  // [result length, stride]
  int stride = 0;

  [[nodiscard]] std::span<const std::int32_t> weights_of(int i) const {
    const auto at =
        static_cast<std::size_t>(i) * static_cast<std::size_t>(stride);
    return std::span(weights).subspan(
        at,
        static_cast<std::size_t>(windows[static_cast<std::size_t>(i)].taps));
  }
};

int round_half_up(double value) {
  return static_cast<int>(std::floor(value + 0.5));
}

Filter make_filter(int source, int result) {
  const double scale = static_cast<double>(source) / result;
  const double radius = std::max(scale, 1.0);
  Filter filter;
  filter.stride = 2 * static_cast<int>(std::ceil(radius)) + 1;
  filter.weights.resize(static_cast<std::size_t>(filter.stride) *
                        static_cast<std::size_t>(result));
  std::vector<double> exact(static_cast<std::size_t>(filter.stride));
  for (int i = 0; i < result; ++i) {
    const double centre = (i + 0.5) * scale;
    const int first = std::max(0, round_half_up(centre - radius));
    const int end = std::min(source, round_half_up(centre + radius));
    double sum = 0.0;
    for (int k = first; k < end; ++k) {
      const double distance = std::abs((k - centre + 0.5) * (1.0 / radius));
      sum += exact[static_cast<std::size_t>(k - first)] =
          std::max(0.0, 1.0 - distance);
    }
    filter.windows.push_back({first, end - first});
    auto* weight =
        filter.weights.data() + static_cast<std::ptrdiff_t>(i) * filter.stride;
    for (int k = 0; k < end - first; ++k) {
      weight[k] = round_half_up(exact[static_cast<std::size_t>(k)] / sum *
                                (1 << kFractionBits));
    }
  }
  return filter;
}

std::uint8_t to_pixel(std::int32_t sum) {
  return static_cast<std::uint8_t>(std::min(sum >> kFractionBits, 255));
}

// [height, W, 3] -> [height, width, 3]
Image resize_rows(const Image& image, int width) {
  const Filter filter = make_filter(image.width, width);
  Image result{.height = image.height, .width = width};
  result.pixels.resize(std::size_t{3} * static_cast<std::size_t>(width) *
                       static_cast<std::size_t>(image.height));
  std::uint8_t* to = result.pixels.data();
  for (int y = 0; y < image.height; ++y) {
    const std::uint8_t* row =
        image.pixels.data() + 3 * static_cast<std::ptrdiff_t>(y) * image.width;
    for (int x = 0; x < width; ++x, to += 3) {
      const std::uint8_t* from =
          row + 3 * static_cast<std::ptrdiff_t>(
                        filter.windows[static_cast<std::size_t>(x)].first);
      std::int32_t red = kHalf;
      std::int32_t green = kHalf;
      std::int32_t blue = kHalf;
      for (const std::int32_t weight : filter.weights_of(x)) {
        red += weight * from[0];
        green += weight * from[1];
        blue += weight * from[2];
        from += 3;
      }
      to[0] = to_pixel(red);
      to[1] = to_pixel(green);
      to[2] = to_pixel(blue);
    }
  }
  return result;
}

// [H, width, 3] -> [height, width, 3], a whole row at a time.
Image resize_columns(const Image& image, int height) {
  const Filter filter = make_filter(image.height, height);
  const auto row_values =
      std::size_t{3} * static_cast<std::size_t>(image.width);
  Image result{.height = height, .width = image.width};
  result.pixels.resize(row_values * static_cast<std::size_t>(height));
  std::vector<std::int32_t> sums(row_values);
  for (int y = 0; y < height; ++y) {
    std::ranges::fill(sums, kHalf);
    auto k = static_cast<std::size_t>(
        filter.windows[static_cast<std::size_t>(y)].first);
    for (const std::int32_t weight : filter.weights_of(y)) {
      const std::uint8_t* from = image.pixels.data() + k++ * row_values;
      for (std::size_t j = 0; j < row_values; ++j) sums[j] += weight * from[j];
    }
    std::uint8_t* to =
        result.pixels.data() + static_cast<std::size_t>(y) * row_values;
    for (std::size_t j = 0; j < row_values; ++j) to[j] = to_pixel(sums[j]);
  }
  return result;
}

void require_valid(const Image& image, int height, int width) {
  const std::int64_t pixels = std::int64_t{image.height} * image.width;
  if (image.height < 1 || image.width < 1 || image.channels != 3 ||
      image.pixels.size() != 3 * static_cast<std::size_t>(pixels)) {
    throw Error(Fault::shape,
                cat("resize: expected an image of [H, W, 3] values, got ",
                    image.pixels.size(), " for [", image.height, ", ",
                    image.width, ", ", image.channels, "]"));
  }
  const std::int64_t tallest = std::max(height, image.height);  // on the way
  if (std::min(height, width) < 1 || std::max(height, width) > kMaxImageSide ||
      tallest * width > kMaxImagePixels) {
    throw Error(
        Fault::shape,
        cat("resize: expected a size of 1 to ", kMaxImageSide, " and at most ",
            kMaxImagePixels, " pixels, got ", width, " x ", height, " from ",
            image.width, " x ", image.height, "; choose a smaller one"));
  }
}

}  // namespace

Image resize_bilinear(const Image& image, int height, int width) {
  require_valid(image, height, width);
  if (image.width == width && image.height == height) return image;
  if (image.width == width) return resize_columns(image, height);
  if (image.height == height) return resize_rows(image, width);
  return resize_columns(resize_rows(image, width), height);
}

}  // namespace polytask
