#include "polytask/data/resized_dataset.h"

#include <gtest/gtest.h>

#include "polytask/data/resize.h"
#include "tests/data/small_dataset.h"
#include "tests/support/expect_error.h"

namespace polytask {
namespace {

DatasetPtr images_of(PixelType pixels, int channels) {
  return test::small_dataset({.height = 4,
                              .width = 6,
                              .channels = channels,
                              .pixels = pixels,
                              .labels = {"sea"}},
                             2, {1.0f, 0.0f});
}

TEST(ResizedDataset, BytesEqualThoseOfAResizedImage) {
  for (const int channels : {1, 3}) {
    const DatasetPtr data = images_of(PixelType::uint8, channels);
    const DatasetPtr view = resized(data, 3, 9);
    EXPECT_EQ(view->spec().height, 3);
    EXPECT_EQ(view->spec().width, 9);
    EXPECT_EQ(view->size(), 2);
    Image whole{.height = 4, .width = 6, .channels = channels};
    for (const std::byte b : test::image_of(*data, 1)) {
      whole.pixels.push_back(static_cast<std::uint8_t>(b));
    }
    std::vector<std::uint8_t> found;
    for (const std::byte b : test::image_of(*view, 1)) {
      found.push_back(static_cast<std::uint8_t>(b));
    }
    EXPECT_EQ(found, resize_bilinear(whole, 3, 9).pixels) << channels;
  }
}

std::vector<float> reals_of(const Dataset& data, std::int64_t index) {
  std::vector<float> reals(data.spec().values_per_image());
  data.read_image(index, std::as_writable_bytes(std::span(reals)));
  return reals;
}

// Rows 0.25 1.25 ... 5.25, then 6.25 ...: halved with weights 3/7, 3/7, 1/7 at
// the edges and 1/8, 3/8, 3/8, 1/8 within.
TEST(ResizedDataset, FloatsAreWeighedWithoutRounding) {
  const DatasetPtr view = resized(images_of(PixelType::float32, 1), 4, 3);
  const std::vector<float> found = reals_of(*view, 0);
  EXPECT_NEAR(found[0], 0.25 + (0 * 3 + 1 * 3 + 2 * 1) / 7.0, 1e-5);
  EXPECT_NEAR(found[1], 0.25 + 2.5, 1e-5);
  EXPECT_NEAR(found[2], 0.25 + (3 * 1 + 4 * 3 + 5 * 3) / 7.0, 1e-5);
  EXPECT_NEAR(found[3], 6.25 + (0 * 3 + 1 * 3 + 2 * 1) / 7.0, 1e-5);
}

TEST(ResizedDataset, TargetsAndNamesStay) {
  const DatasetPtr view = resized(images_of(PixelType::uint8, 3), 1, 1);
  EXPECT_EQ(test::targets_of(*view, 0), (std::vector<float>{1.0f}));
  EXPECT_EQ(view->image_name(1), images_of(PixelType::uint8, 3)->image_name(1));
  EXPECT_EQ(view->spec().labels, (std::vector<std::string>{"sea"}));
}

TEST(ResizedDataset, OfTheSameSizeIsTheDataSetItself) {
  const DatasetPtr data = images_of(PixelType::uint8, 3);
  EXPECT_EQ(resized(data, 4, 6), data);
}

TEST(ResizedDataset, ImpossibleSizeIsAnError) {
  test::expect_error_parts(
      Fault::shape, {"resize: expected a size of 1 to 65535"},
      [] { (void)resized(images_of(PixelType::uint8, 3), 0, 6); });
}

}  // namespace
}  // namespace polytask
