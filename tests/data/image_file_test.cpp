#include "polytask/data/image_file.h"

#include <gtest/gtest.h>

#include <random>

#include "polytask/base/text.h"
#include "polytask/data/image/png_writer.h"
#include "polytask/data/resize.h"
#include "tests/data/flat_jpeg.h"
#include "tests/support/expect_error.h"
#include "tests/support/golden_image.h"
#include "tests/support/temporary_folder.h"

namespace polytask {
namespace {

using Bytes = std::vector<std::byte>;

Bytes bytes(std::string_view text) {
  const auto* first = reinterpret_cast<const std::byte*>(text.data());
  return {first, first + text.size()};
}

int difference_from_pillow(const std::string& name) {
  return test::largest_difference(
      read_image_file(test::golden_images() / name),
      test::read_ppm(test::golden_images() / (name + ".ppm")));
}

int luma_difference(const std::string& name) {
  return test::largest_difference(
      read_image_file(test::golden_images() / name, {.channels = 1}),
      test::read_pgm(test::golden_images() / (name + ".pgm")));
}

constexpr const char* kPngs[] = {"grey1",
                                 "grey2",
                                 "grey4",
                                 "grey8",
                                 "grey16",
                                 "grey_key",
                                 "grey_alpha",
                                 "rgb8",
                                 "rgb16",
                                 "rgb_alpha",
                                 "rgb_alpha16",
                                 "palette1",
                                 "palette2",
                                 "palette4",
                                 "palette8",
                                 "palette_alpha",
                                 "interlaced_rgb8",
                                 "interlaced_grey1",
                                 "interlaced_small",
                                 "one_pixel"};

TEST(ImageFile, EveryKindOfPngEqualsPillow) {
  for (const char* kind : kPngs) {
    const std::string name = std::string(kind) + ".png";
    EXPECT_EQ(difference_from_pillow(name), 0) << name;
    EXPECT_EQ(luma_difference(name), 0) << name;
  }
}

// One level of room for another version of libjpeg.
TEST(ImageFile, EveryKindOfJpegEqualsPillow) {
  for (const char* name :
       {"sampled_420", "sampled_422", "sampled_444", "coarse", "progressive",
        "restarts", "stored_rgb", "grey", "cmyk", "one_pixel"}) {
    EXPECT_LE(difference_from_pillow(std::string(name) + ".jpg"), 1) << name;
    EXPECT_LE(luma_difference(std::string(name) + ".jpg"), 1) << name;
  }
}

TEST(ImageFile, CmykRoundsToTheNearest) {
  EXPECT_EQ(difference_from_pillow("cmyk.jpg"), 0);
}

// L = 0.299 R + 0.587 G + 0.114 B.
TEST(ImageFile, LumaOfPureColoursIsThatOfItu601) {
  const test::TemporaryFolder folder;
  write_png(folder / "a.png", 1, 3,
            std::vector<std::uint8_t>{255, 0, 0, 0, 255, 0, 0, 0, 255});
  const Image luma = read_image_file(folder / "a.png", {.channels = 1});
  EXPECT_EQ(luma.channels, 1);
  EXPECT_EQ(luma.pixels, (std::vector<std::uint8_t>{76, 150, 29}));
}

TEST(ImageFile, EveryOrientationIsTurnedUpright) {
  for (int n = 1; n <= 8; ++n) {
    const std::string name = cat("orientation_", n);
    EXPECT_LE(difference_from_pillow(name + ".jpg"), 1) << n;
    EXPECT_EQ(difference_from_pillow(name + ".png"), 0) << n;
    EXPECT_EQ(luma_difference(name + ".png"), 0) << n;
  }
  EXPECT_EQ(read_image_file(test::golden_images() / "turned.jpg").height, 23);
}

// Shrinking while the rows arrive comes to the same as shrinking the whole.
TEST(ImageFile, RequestedSizeEqualsResizing) {
  for (int n = 1; n <= 8; ++n) {
    for (const char* ending : {".jpg", ".png"}) {
      const auto path = test::golden_images() / cat("orientation_", n, ending);
      for (const int channels : {1, 3}) {
        const Image whole = read_image_file(path, {.channels = channels});
        for (const auto& [height, width] :
             {std::pair{5, 4}, std::pair{11, 30}}) {
          const Image image = read_image_file(
              path, {.channels = channels, .height = height, .width = width});
          EXPECT_EQ(image.height, height);
          EXPECT_EQ(image.width, width);
          EXPECT_EQ(image.pixels, resize_bilinear(whole, height, width).pixels)
              << path;
        }
      }
    }
  }
}

TEST(ImageFile, HeaderSaysWhatTheFileHolds) {
  const auto info = [](const char* name) {
    return describe_image_file(test::golden_images() / name);
  };
  const ImageInfo turned = info("turned.jpg");
  EXPECT_EQ(turned.format, "JPEG");
  EXPECT_EQ(turned.height, 17);
  EXPECT_EQ(turned.width, 23);
  EXPECT_EQ(turned.colors, "colour");
  EXPECT_EQ(turned.orientation, 6);
  EXPECT_EQ(info("cmyk.jpg").colors, "CMYK");
  EXPECT_EQ(info("rgb_alpha16.png").colors, "colour with alpha");
  EXPECT_EQ(info("rgb_alpha16.png").bits, 16);
  EXPECT_EQ(info("palette4.png").colors, "palette");
  EXPECT_EQ(info("orientation_7.png").orientation, 7);
}

TEST(ImageFile, ImpossibleRequestIsAnError) {
  const auto path = test::golden_images() / "rgb8.png";
  test::expect_error(Fault::shape, "images: expected 1 or 3 channels, got 4",
                     [&] { (void)read_image_file(path, {.channels = 4}); });
  test::expect_error_parts(
      Fault::shape, {"expected a size of 1 to 65535"},
      [&] { (void)read_image_file(path, {.height = 100, .width = 70000}); });
}

TEST(ImageFile, ContentDecidesNotTheName) {
  const Bytes png = test::bytes_of(test::golden_images() / "rgb8.png");
  EXPECT_EQ(decode_image(png, "sea.jpg").width, 23);
}

TEST(ImageFile, WhatFollowsTheImageIsIgnored) {
  for (const char* name : {"rgb8.png", "coarse.jpg"}) {
    Bytes file = test::bytes_of(test::golden_images() / name);
    const Image image = decode_image(file, name);
    file.resize(file.size() + 100, std::byte{0xff});
    EXPECT_EQ(decode_image(file, name).pixels, image.pixels) << name;
  }
}

TEST(ImageFile, MissingFileSaysSo) {
  test::expect_error(Fault::io,
                     "no/such/sea.jpg: cannot be read: No such file or "
                     "directory; check the path and its permissions",
                     [] { (void)read_image_file("no/such/sea.jpg"); });
}

TEST(ImageFile, FolderAndDeviceAreNotImages) {
  test::expect_error_parts(
      Fault::io, {": expected an image file, found a folder; give the path"},
      [] { (void)read_image_file(test::golden_images()); });
  test::expect_error(Fault::io,
                     "/dev/zero: expected an image file, found a device or "
                     "pipe; give the path of a file",
                     [] { (void)read_image_file("/dev/zero"); });
}

TEST(ImageFile, SaysWhatItFoundInstead) {
  const auto expect_found = [](std::string_view content,
                               const std::string& found) {
    test::expect_error(Fault::data,
                       "sea.jpg: expected a JPEG or PNG image, found " + found,
                       [&] { (void)decode_image(bytes(content), "sea.jpg"); });
  };
  using namespace std::string_view_literals;
  expect_found("", "an empty file; convert it to JPEG or PNG");
  expect_found("GIF89a...", "a GIF image; convert it to JPEG or PNG");
  expect_found("<html><body>not found", "a web page; get the file itself");
  expect_found("\0\0\0\0\0\0"sv, "zeros; get the file again");
  expect_found("\x01\xab",
               "a file that starts with the bytes 01 ab; convert it to JPEG or "
               "PNG");
}

// A PNG of 8-bit RGB that is nothing but a header.
//   width_height   big-endian
//   check          CRC-32 of the chunk
Bytes png_header(std::string_view width_height, std::string_view check) {
  using namespace std::string_view_literals;
  std::string text("\x89PNG\r\n\x1a\n\0\0\0\rIHDR"sv);
  text += width_height;
  text += "\x08\x02\0\0\0"sv;
  text += check;
  text += "\0\0\0\0IDAT"sv;
  return bytes(text);
}

TEST(ImageFile, HugePngIsRefusedByItsHeader) {
  using namespace std::string_view_literals;
  const Bytes square =
      png_header("\x00\x00\xc3\x50\x00\x00\xc3\x50"sv, "\xc4\xcd\xaa\x9d"sv);
  test::expect_error(
      Fault::data,
      "bomb.png: expected a PNG image of at most 100000000 pixels and sides of "
      "at most 65535, found 50000 x 50000; save it smaller",
      [&] { (void)decode_image(square, "bomb.png"); });
  const Bytes line =
      png_header("\x00\x1e\x84\x80\x00\x00\x00\x01"sv, "\xbb\xa1\x49\x1e"sv);
  test::expect_error_parts(Fault::data, {"found 2000000 x 1; save it smaller"},
                           [&] { (void)decode_image(line, "bomb.png"); });
}

TEST(ImageFile, FewBytesOfPngCannotClaimManyPixels) {
  using namespace std::string_view_literals;
  const Bytes png =
      png_header("\x00\x00\x1b\x58\x00\x00\x1b\x58"sv, "\x16\xf9\x2c\xd8"sv);
  test::expect_error_parts(Fault::data,
                           {"only 41 bytes for 7000 x 7000 pixels"},
                           [&] { (void)decode_image(png, "bomb.png"); });
}

// SOF0 holds the height and width at bytes 5 to 8.
void claim_size(Bytes& jpeg, int height, int width) {
  const Bytes start_of_frame = bytes("\xff\xc0");
  const auto at = std::ranges::search(jpeg, start_of_frame).begin();
  ASSERT_NE(at, jpeg.end());
  at[5] = std::byte(height >> 8);
  at[6] = std::byte(height & 255);
  at[7] = std::byte(width >> 8);
  at[8] = std::byte(width & 255);
}

TEST(ImageFile, HugeJpegIsRefusedByItsHeader) {
  Bytes jpeg = test::bytes_of(test::golden_images() / "coarse.jpg");
  claim_size(jpeg, 60000, 50000);
  test::expect_error_parts(Fault::data, {"found 50000 x 60000"},
                           [&] { (void)decode_image(jpeg, "bomb.jpg"); });
}

TEST(ImageFile, FewBytesOfJpegCannotClaimManyPixels) {
  Bytes jpeg = test::bytes_of(test::golden_images() / "coarse.jpg");
  claim_size(jpeg, 7000, 7000);
  test::expect_error(
      Fault::data,
      "bomb.jpg: expected a whole JPEG image, found damage (only 685 bytes for "
      "7000 x 7000 pixels); get the file again or leave it out",
      [&] { (void)decode_image(jpeg, "bomb.jpg"); });
}

// The first scan of a progressive file, again and again: a few bytes each, and
// each a pass over the whole image.
Bytes with_scans(int more) {
  const Bytes file = test::bytes_of(test::golden_images() / "progressive.jpg");
  const Bytes start_of_scan = bytes("\xff\xda");
  const Bytes next_tables = bytes("\xff\xc4");
  const auto scan = std::ranges::search(file, start_of_scan).begin();
  const auto end =
      std::search(scan, file.end(), next_tables.begin(), next_tables.end());
  Bytes longer(file.begin(), end);
  for (int i = 0; i < more; ++i) longer.insert(longer.end(), scan, end);
  longer.insert(longer.end(), end, file.end());
  return longer;
}

TEST(ImageFile, ScansAreBounded) {
  EXPECT_EQ(decode_image(with_scans(50), "sea.jpg").pixels,
            decode_image(with_scans(0), "sea.jpg").pixels);
  test::expect_error_parts(
      Fault::data, {"it has more scans than an image of its size needs"},
      [] { (void)decode_image(with_scans(500), "bomb.jpg"); });
}

// Each scan of a large image costs time, however few bytes it has.
TEST(ImageFile, LargeImagesHaveFewerScans) {
  const auto with = [](int scans) {
    test::FlatJpeg jpeg(7000, 7200, true);
    jpeg.add_first_scan();
    for (int i = 1; i < scans; ++i) jpeg.add_empty_scan();
    return jpeg.finish();
  };
  const Image image =
      decode_image(with(20), "flat.jpg", {.height = 1, .width = 1});
  EXPECT_EQ(image.pixels, (std::vector<std::uint8_t>{128, 128, 128}));
  test::expect_error_parts(
      Fault::data, {"it has more scans than an image of its size needs"},
      [&] { (void)decode_image(with(190), "bomb.jpg"); });
}

TEST(ImageFile, FiftyMegapixelsAreRead) {
  test::FlatJpeg jpeg(6144, 8160, false);
  jpeg.add_baseline_scan();
  const Image image =
      decode_image(jpeg.finish(), "photo.jpg", {.height = 2, .width = 3});
  EXPECT_EQ(image.pixels, std::vector<std::uint8_t>(18, 128));
}

TEST(ImageFile, EveryTruncationIsAnError) {
  for (const char* name : {"rgb8.png", "interlaced_rgb8.png", "palette4.png",
                           "sampled_420.jpg", "progressive.jpg", "grey.jpg"}) {
    const Bytes file = test::bytes_of(test::golden_images() / name);
    for (std::size_t size = 0; size < file.size(); ++size) {
      const Bytes part(file.begin(),
                       file.begin() + static_cast<std::ptrdiff_t>(size));
      try {
        (void)decode_image(part, name);
        ADD_FAILURE() << name << " was read from its first " << size;
      } catch (const Error& e) {
        EXPECT_EQ(e.fault(), Fault::data) << e.what();
      }
    }
  }
}

TEST(ImageFile, TruncationSaysSo) {
  Bytes jpeg = test::bytes_of(test::golden_images() / "sampled_420.jpg");
  jpeg.resize(jpeg.size() - 1);
  test::expect_error(Fault::data,
                     "sea.jpg: expected a whole JPEG image, found damage (it "
                     "ends too early); get the file again or leave it out",
                     [&] { (void)decode_image(jpeg, "sea.jpg"); });
}

// Damage ends in pixels or in an Error, never in anything else.
void read_damaged(Bytes file, std::mt19937& random, int& refused) {
  const auto up_to = [&](std::size_t n) { return random() % n; };
  for (auto hits = 1 + up_to(4); hits > 0; --hits) {
    file[up_to(file.size())] ^= std::byte(1u << up_to(8));
  }
  try {
    const Image image = decode_image(file, "damaged");
    EXPECT_LE(image.pixels.size(), 3 * std::size_t{kMaxImagePixels});
  } catch (const Error& e) {
    ++refused;
  }
}

TEST(ImageFile, FlippedBitsNeverCrash) {
  constexpr unsigned kSeed = 4;
  std::mt19937 random(kSeed);
  int refused = 0;
  for (const char* name :
       {"rgb8.png", "interlaced_rgb8.png", "palette_alpha.png",
        "sampled_420.jpg", "progressive.jpg", "restarts.jpg", "cmyk.jpg"}) {
    const Bytes file = test::bytes_of(test::golden_images() / name);
    for (int i = 0; i < 400; ++i) read_damaged(file, random, refused);
  }
  EXPECT_GT(refused, 1400);
}

TEST(ImageFile, DamagedPixelsAreAnErrorNotAGreyArea) {
  Bytes jpeg = test::bytes_of(test::golden_images() / "sampled_444.jpg");
  // An end-of-image marker in the middle of the pixels.
  jpeg[jpeg.size() - 100] = std::byte{0xff};
  jpeg[jpeg.size() - 99] = std::byte{0xd9};
  test::expect_error_parts(Fault::data, {"Corrupt JPEG data"},
                           [&] { (void)decode_image(jpeg, "sea.jpg"); });
}

}  // namespace
}  // namespace polytask
