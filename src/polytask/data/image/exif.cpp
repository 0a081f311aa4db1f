#include "polytask/data/image/exif.h"

#include <cstdint>
#include <string_view>

namespace polytask {
namespace {

using namespace std::string_view_literals;

constexpr unsigned kOrientationTag = 0x0112;
constexpr unsigned kShort = 3;  // the type of its value
constexpr unsigned kStartOfScan = 0xda;
constexpr unsigned kApp1 = 0xe1;

// Numbers out of bytes; beyond their end there are zeros.
class Numbers {
 public:
  Numbers(std::string_view bytes, bool big_endian)
      : bytes_(bytes), big_endian_(big_endian) {}

  [[nodiscard]] unsigned byte(std::size_t at) const {
    return at < bytes_.size() ? static_cast<unsigned char>(bytes_[at]) : 0;
  }
  [[nodiscard]] unsigned two(std::size_t at) const {
    const unsigned first = byte(at);
    const unsigned second = byte(at + 1);
    return big_endian_ ? first << 8 | second : second << 8 | first;
  }
  [[nodiscard]] std::size_t four(std::size_t at) const {
    const std::size_t first = two(at);
    const std::size_t second = two(at + 2);
    return big_endian_ ? first << 16 | second : second << 16 | first;
  }

 private:
  std::string_view bytes_;
  bool big_endian_;
};

//   tiff   the block, from "II" or "MM" on
int orientation_in(std::string_view tiff) {
  if (!tiff.starts_with("II*\0"sv) && !tiff.starts_with("MM\0*"sv)) return 1;
  const Numbers numbers(tiff, tiff.starts_with('M'));
  const std::size_t directory = numbers.four(4);
  const unsigned entries = numbers.two(directory);
  for (unsigned i = 0; i < entries; ++i) {
    const std::size_t entry = directory + 2 + std::size_t{12} * i;
    if (entry + 12 > tiff.size()) return 1;
    if (numbers.two(entry) != kOrientationTag) continue;
    const unsigned value = numbers.two(entry + 8);
    const bool known = numbers.two(entry + 2) == kShort && value <= 8;
    return known && value >= 1 ? static_cast<int>(value) : 1;
  }
  return 1;
}

std::string_view text_of(std::span<const std::byte> file) {
  return {reinterpret_cast<const char*>(file.data()), file.size()};
}

}  // namespace

int orientation_of_jpeg(std::span<const std::byte> file) {
  const std::string_view content = text_of(file);
  const Numbers numbers(content, true);
  std::size_t at = 2;
  while (at + 4 <= content.size()) {
    if (numbers.byte(at) != 0xff) return 1;
    const unsigned marker = numbers.byte(at + 1);
    if (marker == 0xff) {  // padding
      ++at;
      continue;
    }
    if (marker == kStartOfScan) return 1;
    const std::size_t length = numbers.two(at + 2);
    if (length < 2) return 1;
    const std::string_view segment = content.substr(at + 4, length - 2);
    constexpr std::string_view kName = "Exif\0\0"sv;
    if (marker == kApp1 && segment.starts_with(kName)) {
      return orientation_in(segment.substr(kName.size()));
    }
    at += 2 + length;
  }
  return 1;
}

int orientation_of_png(std::span<const std::byte> file) {
  const std::string_view content = text_of(file);
  const Numbers numbers(content, true);
  std::size_t at = 8;
  while (at + 12 <= content.size()) {
    const std::size_t length = numbers.four(at);
    if (content.substr(at + 4, 4) == "eXIf") {
      return orientation_in(content.substr(at + 8, length));
    }
    at += 12 + length;
  }
  return 1;
}

}  // namespace polytask
