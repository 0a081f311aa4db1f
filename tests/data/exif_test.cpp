#include "polytask/data/image/exif.h"

#include <gtest/gtest.h>

#include <string>

namespace polytask {
namespace {

using namespace std::string_literals;

// A block that notes orientation 6, from the newest byte order on.
std::string little() {
  return "II*\0\x08\0\0\0\x01\0"
         "\x12\x01\x03\0\x01\0\0\0\x06\0\0\0"
         "\0\0\0\0"s;
}
std::string big() {
  return "MM\0*\0\0\0\x08\0\x01"
         "\x01\x12\0\x03\0\0\0\x01\0\x06\0\0"
         "\0\0\0\0"s;
}

std::string jpeg_with(const std::string& segments) {
  return "\xff\xd8" + segments + "\xff\xda\0\x02"s;
}
std::string segment(char marker, const std::string& content) {
  const std::size_t length = content.size() + 2;
  return std::string{'\xff', marker, static_cast<char>(length >> 8),
                     static_cast<char>(length)} +
         content;
}
std::string png_with(const std::string& kind, const std::string& content) {
  return "\x89PNG\r\n\x1a\n\0\0\0"s + static_cast<char>(content.size()) + kind +
         content + "crc.";
}

int of_jpeg(const std::string& file) {
  return orientation_of_jpeg(std::as_bytes(std::span(file)));
}
int of_png(const std::string& file) {
  return orientation_of_png(std::as_bytes(std::span(file)));
}

TEST(Exif, IsFoundInBothByteOrders) {
  EXPECT_EQ(of_jpeg(jpeg_with(segment('\xe1', "Exif\0\0"s + little()))), 6);
  EXPECT_EQ(of_jpeg(jpeg_with(segment('\xe1', "Exif\0\0"s + big()))), 6);
  EXPECT_EQ(of_png(png_with("eXIf", little())), 6);
  EXPECT_EQ(of_png(png_with("eXIf", big())), 6);
}

TEST(Exif, OtherSegmentsArePassedOver) {
  const std::string before =
      segment('\xe0', "JFIF\0"s) +
      segment('\xe1', "http://ns.adobe.com/xap/1.0/\0"s) + "\xff";  // padding
  EXPECT_EQ(of_jpeg(jpeg_with(before + segment('\xe1', "Exif\0\0"s + big()))),
            6);
}

TEST(Exif, WithoutABlockItIsUpright) {
  EXPECT_EQ(of_jpeg(jpeg_with(segment('\xe0', "JFIF\0"s))), 1);
  EXPECT_EQ(of_png(png_with("IDAT", "")), 1);
  EXPECT_EQ(of_jpeg("\xff\xd8"), 1);
  EXPECT_EQ(of_png("\x89PNG\r\n\x1a\n"), 1);
}

TEST(Exif, NumbersThatMeanNothingAreUpright) {
  for (const char value : {'\0', '\x09', '\x7f'}) {
    std::string block = little();
    block[18] = value;
    EXPECT_EQ(of_png(png_with("eXIf", block)), 1) << int{value};
  }
  std::string text = little();
  text[12] = '\x02';  // ASCII
  EXPECT_EQ(of_png(png_with("eXIf", text)), 1);
}

// Every length and every offset of the directory: no read beyond the end.
TEST(Exif, DamageIsUpright) {
  for (const std::string& block : {little(), big()}) {
    for (std::size_t size = 0; size < block.size() - 4; ++size) {
      EXPECT_EQ(of_png(png_with("eXIf", block.substr(0, size))), 1) << size;
    }
  }
  std::string far = little();
  far.replace(4, 4, "\xff\xff\xff\xff");
  EXPECT_EQ(of_png(png_with("eXIf", far)), 1);
  std::string many = little();
  many.replace(8, 2, "\xff\xff");
  many[10] = '\0';
  EXPECT_EQ(of_png(png_with("eXIf", many)), 1);
}

TEST(Exif, LengthsBeyondTheFileEndTheSearch) {
  EXPECT_EQ(of_jpeg("\xff\xd8\xff\xe1\xff\xff" + ("Exif\0\0"s + little())), 6);
  EXPECT_EQ(of_jpeg("\xff\xd8\xff\xe1\0\0Exif"s), 1);
  EXPECT_EQ(of_png("\x89PNG\r\n\x1a\n\xff\xff\xff\xffIDATabcdefgh"), 1);
}

}  // namespace
}  // namespace polytask
