#include "polytask/data/image/png_writer.h"

#include <gtest/gtest.h>
#include <png.h>

#include <fstream>
#include <string>
#include <vector>

#include "tests/support/expect_error.h"

namespace polytask {
namespace {

class PngWriter : public testing::Test {
 protected:
  void TearDown() override { std::filesystem::remove(path_); }

  // A name of its own for each test, which may run beside others.
  const std::filesystem::path path_ =
      std::filesystem::temp_directory_path() /
      (std::string("polytask_png_writer_") +
       testing::UnitTest::GetInstance()->current_test_info()->name() + ".png");
};

TEST_F(PngWriter, AnotherReaderFindsTheSamePixels) {
  const std::vector<std::uint8_t> rgb{0,  1,  2,  10,  20,  30,
                                      99, 98, 97, 255, 254, 253};
  write_png(path_, 2, 2, rgb);
  png_image image{};
  image.version = PNG_IMAGE_VERSION;
  ASSERT_NE(png_image_begin_read_from_file(&image, path_.c_str()), 0);
  image.format = PNG_FORMAT_RGB;
  std::vector<std::uint8_t> read(PNG_IMAGE_SIZE(image));
  ASSERT_NE(png_image_finish_read(&image, nullptr, read.data(), 0, nullptr), 0);
  EXPECT_EQ(image.height, 2u);
  EXPECT_EQ(image.width, 2u);
  EXPECT_EQ(read, rgb);
}

TEST_F(PngWriter, ReplacesWhatWasThere) {
  const std::vector<std::uint8_t> pixel{1, 2, 3};
  std::ofstream(path_) << std::string(10000, 'x');
  write_png(path_, 1, 1, pixel);
  EXPECT_LT(std::filesystem::file_size(path_), 200u);
}

TEST_F(PngWriter, RefusesALengthThatDoesNotFit) {
  const std::vector<std::uint8_t> rgb(10);
  test::expect_error(
      Fault::shape,
      "png: expected height x width x 3 bytes, found 10 bytes for 2 x 2",
      [&] { write_png(path_, 2, 2, rgb); });
  EXPECT_FALSE(std::filesystem::exists(path_));
}

TEST_F(PngWriter, AMissingFolderIsNamed) {
  const std::vector<std::uint8_t> pixel{1, 2, 3};
  const std::filesystem::path lost = path_.string() + ".d/picture.png";
  test::expect_error_parts(
      Fault::io, {lost.string(), "cannot create a file in its folder"},
      [&] { write_png(lost, 1, 1, pixel); });
}

}  // namespace
}  // namespace polytask
