#include "benchmarks/multi_fashion_mnist/idx_file.h"

#include <algorithm>
#include <array>
#include <fstream>
#include <string>

#include "polytask/base/error.h"
#include "polytask/base/text.h"

namespace polytask::benchmark {
namespace {

constexpr std::uint64_t kMostItems = 1'000'000;
constexpr const char* kAgain =
    "; get it again with benchmarks/multi_fashion_mnist/setup";

[[noreturn]] void refuse(const std::filesystem::path& path,
                         const std::string& what) {
  throw Error(Fault::data, cat(path.string(), ": ", what, kAgain));
}

// What the files of one kind have in common.
struct Kind {
  std::uint32_t axes;
  std::uint64_t values;  // of one item
};

constexpr Kind kPictures{.axes = 3, .values = Items::kPixels};
constexpr Kind kClasses{.axes = 1, .values = 1};

std::uint32_t read_number(std::istream& stream) {
  std::array<unsigned char, 4> bytes{};
  stream.read(reinterpret_cast<char*>(bytes.data()), bytes.size());
  std::uint32_t number = 0;
  for (const unsigned char byte : bytes) number = (number << 8) | byte;
  return number;
}

// Reads the beginning of a file and returns how many items it says there are.
std::uint64_t read_head(std::istream& stream, const std::filesystem::path& path,
                        const Kind& kind) {
  const std::uint32_t begin = read_number(stream);
  if (begin != 0x800 + kind.axes) {
    refuse(path, cat("expected an IDX file of bytes with ", kind.axes,
                     " axes, which begins with ", 0x800 + kind.axes,
                     ", found one that begins with ", begin));
  }
  const std::uint32_t count = read_number(stream);
  if (count == 0 || count > kMostItems) {
    refuse(path, cat("expected 1 to ", kMostItems, " items, found ", count));
  }
  if (kind.axes == 3) {
    const std::uint32_t height = read_number(stream);
    const std::uint32_t width = read_number(stream);
    if (height != Items::kSide || width != Items::kSide) {
      refuse(path,
             cat("expected pictures of 28 x 28, found ", height, " x ", width));
    }
  }
  return count;
}

std::vector<std::uint8_t> read_values(const std::filesystem::path& path,
                                      const Kind& kind) {
  std::error_code error;
  const std::uint64_t length = std::filesystem::file_size(path, error);
  std::ifstream stream(path, std::ios::binary);
  if (error || !stream) {
    throw Error(Fault::io, cat(path.string(), ": cannot be read", kAgain));
  }
  const std::uint64_t head = 4 * (std::uint64_t{kind.axes} + 1);
  if (length < head) {
    refuse(path, cat("expected at least ", head, " bytes, found ", length));
  }
  const std::uint64_t count = read_head(stream, path, kind);
  const std::uint64_t values = count * kind.values;
  if (length != head + values) {
    refuse(path, cat("expected ", head + values, " bytes for ", count,
                     " items, found ", length));
  }
  std::vector<std::uint8_t> read(values);
  stream.read(reinterpret_cast<char*>(read.data()),
              static_cast<std::streamsize>(values));
  if (!stream) {
    throw Error(Fault::io, cat(path.string(), ": cannot be read", kAgain));
  }
  return read;
}

}  // namespace

Items read_items(const std::filesystem::path& folder, const std::string& part) {
  const std::filesystem::path classes = folder / (part + "-labels-idx1-ubyte");
  Items items{.pictures = read_values(folder / (part + "-images-idx3-ubyte"),
                                      kPictures),
              .classes = read_values(classes, kClasses)};
  const std::size_t pictures = items.pictures.size() / Items::kPixels;
  if (items.count() != pictures) {
    refuse(classes, cat("expected the classes of ", pictures,
                        " pictures, found ", items.count()));
  }
  const auto wrong = std::ranges::find_if(
      items.classes, [](std::uint8_t c) { return c >= Items::kClasses; });
  if (wrong != items.classes.end()) {
    refuse(classes, cat("expected classes 0 to 9, found ", int{*wrong},
                        " for item ", wrong - items.classes.begin()));
  }
  return items;
}

}  // namespace polytask::benchmark
