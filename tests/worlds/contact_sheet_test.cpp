#include <gtest/gtest.h>

#include "polytask/data/array_dataset.h"
#include "polytask/worlds/drawing/contact_sheet.h"
#include "tests/support/expect_error.h"

namespace polytask {
namespace {

// Image i is 1 x 2 pixels, all of value i.
ArrayDataset numbered(int count, int channels = 3) {
  ArrayContent content;
  content.spec = {1, 2, channels, PixelType::uint8, {}};
  content.size = count;
  content.source = "numbered";
  const std::size_t each = content.spec.bytes_per_image();
  const auto images = allocate_images(each * static_cast<std::size_t>(count));
  for (std::size_t i = 0; i < each * static_cast<std::size_t>(count); ++i) {
    images.get()[i] = static_cast<std::byte>(i / each);
  }
  content.images = images;
  return ArrayDataset(std::move(content));
}

TEST(ContactSheet, PutsImagesRowByRowWithWhiteBetween) {
  const ContactSheet sheet =
      draw_contact_sheet(numbered(5), {.columns = 2, .rows = 2, .gap = 1});
  EXPECT_EQ(sheet.height, 3);
  EXPECT_EQ(sheet.width, 5);
  const auto at = [&](int row, int column) {
    return static_cast<int>(
        sheet.rgb[static_cast<std::size_t>((row * 5 + column) * 3)]);
  };
  EXPECT_EQ(at(0, 1), 0);
  EXPECT_EQ(at(0, 2), 255);
  EXPECT_EQ(at(0, 3), 1);
  EXPECT_EQ(at(1, 0), 255);
  EXPECT_EQ(at(2, 0), 2);
  EXPECT_EQ(at(2, 4), 3);
}

TEST(ContactSheet, StaysWhiteBeyondTheLastImage) {
  const ContactSheet sheet = draw_contact_sheet(
      numbered(3), {.columns = 2, .rows = 1, .gap = 0, .first = 2});
  EXPECT_EQ(sheet.rgb, (std::vector<std::uint8_t>{2, 2, 2, 2, 2, 2, 255, 255,
                                                  255, 255, 255, 255}));
}

TEST(ContactSheet, NeedsColourImages) {
  test::expect_error(Fault::shape,
                     "contact sheet: expected uint8 images with 3 channels, "
                     "found 1 channels of uint8",
                     [] { (void)draw_contact_sheet(numbered(1, 1)); });
}

TEST(ContactSheet, NeedsAtLeastOnePlace) {
  test::expect_error(
      Fault::config,
      "contact sheet: expected columns and rows of at least 1, gap and first "
      "of at least 0, found 0 columns, 5 rows, gap 2, first 0",
      [] { (void)draw_contact_sheet(numbered(1), {.columns = 0}); });
}

}  // namespace
}  // namespace polytask
