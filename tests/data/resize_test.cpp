#include "polytask/data/resize.h"

#include <gtest/gtest.h>

#include <fstream>

#include "tests/support/expect_error.h"
#include "tests/support/golden_image.h"

namespace polytask {
namespace {

using Pixels = std::vector<std::uint8_t>;

// The noise of make_image_golden.py.
Image noise(std::uint32_t seed, int height, int width) {
  Image image{.height = height, .width = width};
  image.pixels.resize(static_cast<std::size_t>(3 * height * width));
  for (std::uint8_t& value : image.pixels) {
    seed = seed * 1664525u + 1013904223u;
    value = static_cast<std::uint8_t>(seed >> 24);
  }
  return image;
}

std::uint64_t fnv1a(const Pixels& pixels) {
  std::uint64_t value = 0xcbf29ce484222325u;
  for (const std::uint8_t byte : pixels)
    value = (value ^ byte) * 0x100000001b3u;
  return value;
}

Image grey_row(const Pixels& values) {
  Image image{.height = 1, .width = static_cast<int>(values.size())};
  for (const std::uint8_t v : values)
    image.pixels.insert(image.pixels.end(), 3, v);
  return image;
}

Image transposed(const Image& image) {
  Image turned{.height = image.width, .width = image.height};
  for (int x = 0; x < image.width; ++x) {
    for (int y = 0; y < image.height; ++y) {
      const auto* pixel =
          &image.pixels[static_cast<std::size_t>(3 * (y * image.width + x))];
      turned.pixels.insert(turned.pixels.end(), pixel, pixel + 3);
    }
  }
  return turned;
}

TEST(Resize, HalvingWeighsFourPixelsOneThreeThreeOne) {
  // Around the centre 2: w = 1/8, 3/8, 3/8, 1/8; at the edge 3/7, 3/7, 1/7.
  EXPECT_EQ(resize_bilinear(grey_row({0, 80, 160, 0, 0, 0}), 1, 3).pixels,
            (Pixels{57, 57, 57, 70, 70, 70, 0, 0, 0}));
}

TEST(Resize, DoublingInterpolatesAtQuarters) {
  EXPECT_EQ(resize_bilinear(grey_row({0, 100}), 1, 4).pixels,
            (Pixels{0, 0, 0, 25, 25, 25, 75, 75, 75, 100, 100, 100}));
}

TEST(Resize, EveryGoldenHashIsPillows) {
  std::ifstream table(test::golden_images() / "resizes.txt");
  std::uint32_t seed = 0;
  int height = 0;
  int width = 0;
  int to_height = 0;
  int to_width = 0;
  std::uint64_t hash = 0;
  int rows = 0;
  while (table >> std::dec >> seed >> height >> width >> to_height >>
         to_width >> std::hex >> hash) {
    const Image result =
        resize_bilinear(noise(seed, height, width), to_height, to_width);
    EXPECT_EQ(fnv1a(result.pixels), hash)
        << height << " x " << width << " to " << to_height << " x " << to_width;
    ++rows;
  }
  EXPECT_EQ(rows, 90);
}

// The same claim with pixels to look at when a hash differs.
TEST(Resize, GoldenImagesDifferByNoLevel) {
  const auto difference = [](std::uint32_t seed, int height, int width,
                             int to_height, int to_width) {
    const auto name = "resized_" + std::to_string(seed) + "_" +
                      std::to_string(height) + "_" + std::to_string(width) +
                      "_" + std::to_string(to_height) + "_" +
                      std::to_string(to_width) + ".ppm";
    return test::largest_difference(
        resize_bilinear(noise(seed, height, width), to_height, to_width),
        test::read_ppm(test::golden_images() / name));
  };
  EXPECT_EQ(difference(5, 5, 7, 33, 64), 0);
  EXPECT_EQ(difference(7, 31, 17, 7, 5), 0);
  EXPECT_EQ(difference(8, 64, 64, 2, 3), 0);
  EXPECT_EQ(difference(10, 85, 128, 33, 64), 0);
}

TEST(Resize, SameSizeIsACopy) {
  const Image image = noise(1, 9, 4);
  EXPECT_EQ(resize_bilinear(image, 9, 4).pixels, image.pixels);
}

TEST(Resize, OneColourStaysThatColourAtEverySize) {
  for (const int from : {1, 2, 3, 50, 999}) {
    for (const int to : {1, 2, 7, 100}) {
      Image white{.height = from, .width = from};
      white.pixels.assign(static_cast<std::size_t>(3 * from * from), 255);
      const Pixels result = resize_bilinear(white, to, to).pixels;
      EXPECT_EQ(result, Pixels(static_cast<std::size_t>(3 * to * to), 255))
          << from << " to " << to;
    }
  }
}

TEST(Resize, RowsAndColumnsAreFilteredAlike) {
  const Image image = noise(3, 1, 37);
  EXPECT_EQ(resize_bilinear(transposed(image), 10, 1).pixels,
            transposed(resize_bilinear(image, 1, 10)).pixels);
}

TEST(Resize, LongestSideShrinksToOnePixel) {
  Image line{.height = 1, .width = kMaxImageSide};
  line.pixels.assign(3 * std::size_t{kMaxImageSide}, 200);
  EXPECT_EQ(resize_bilinear(line, 1, 1).pixels, (Pixels{200, 200, 200}));
}

TEST(Resize, ImpossibleSizeNamesBothSizes) {
  test::expect_error(Fault::shape,
                     "resize: expected a size of 1 to 65535 and at most "
                     "100000000 pixels, got 0 x 5 from 4 x 9; choose a smaller "
                     "one",
                     [] { (void)resize_bilinear(noise(1, 9, 4), 5, 0); });
  test::expect_error_parts(Fault::shape, {"got 65536 x 1"}, [] {
    (void)resize_bilinear(noise(1, 1, 1), 1, 65536);
  });
}

TEST(Resize, RefusesAnImageTooLargeOnTheWay) {
  // 60000 rows become 60000 x 2000 pixels before the columns shrink.
  const Image tall{.height = 60000, .width = 1, .pixels = Pixels(180000)};
  test::expect_error_parts(Fault::shape, {"got 2000 x 5 from 1 x 60000"},
                           [&] { (void)resize_bilinear(tall, 5, 2000); });
}

TEST(Resize, PixelsThatDoNotFitTheSizeAreAnError) {
  test::expect_error(Fault::shape,
                     "resize: expected an image of [H, W, C] values, C = 1 or "
                     "3, got 5 for [2, 1, 3]",
                     [] {
                       const Image image{
                           .height = 2, .width = 1, .pixels = Pixels(5)};
                       (void)resize_bilinear(image, 4, 4);
                     });
  test::expect_error_parts(Fault::shape, {"got 6 for [2, 1, 1]"}, [] {
    const Image image{
        .height = 2, .width = 1, .channels = 1, .pixels = Pixels(6)};
    (void)resize_bilinear(image, 4, 4);
  });
}

}  // namespace
}  // namespace polytask
