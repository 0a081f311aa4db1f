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

// An open IDX file whose length was compared with what its beginning says.
struct IdxFile {
  std::ifstream stream;             // at the first value
  std::vector<std::uint64_t> axes;  // lengths
};

std::uint32_t read_number(std::istream& stream) {
  std::array<unsigned char, 4> bytes{};
  stream.read(reinterpret_cast<char*>(bytes.data()), bytes.size());
  std::uint32_t number = 0;
  for (const unsigned char byte : bytes) number = (number << 8) | byte;
  return number;
}

IdxFile open_idx(const std::filesystem::path& path, std::uint32_t axes) {
  std::error_code error;
  const std::uint64_t length = std::filesystem::file_size(path, error);
  IdxFile file{.stream = std::ifstream(path, std::ios::binary), .axes = {}};
  if (error || !file.stream) {
    throw Error(Fault::io, cat(path.string(), ": cannot be read", kAgain));
  }
  const std::uint64_t head = 4 * (std::uint64_t{axes} + 1);
  if (length < head) {
    refuse(path, cat("expected at least ", head, " bytes, found ", length));
  }
  const std::uint32_t kind = read_number(file.stream);
  if (kind != 0x800 + axes) {
    refuse(path, cat("expected an IDX file of bytes with ", axes,
                     " axes, which begins with ", 0x800 + axes,
                     ", found one that begins with ", kind));
  }
  for (std::uint32_t i = 0; i < axes; ++i) {
    file.axes.push_back(read_number(file.stream));
  }
  if (file.axes[0] == 0 || file.axes[0] > kMostItems) {
    refuse(path,
           cat("expected 1 to ", kMostItems, " items, found ", file.axes[0]));
  }
  if (axes == 3 &&
      (file.axes[1] != Items::kSide || file.axes[2] != Items::kSide)) {
    refuse(path, cat("expected pictures of 28 x 28, found ", file.axes[1],
                     " x ", file.axes[2]));
  }
  std::uint64_t values = 1;
  for (const std::uint64_t axis : file.axes) values *= axis;
  if (length != head + values) {
    refuse(path, cat("expected ", head + values, " bytes for ", file.axes[0],
                     " items, found ", length));
  }
  return file;
}

std::vector<std::uint8_t> read_values(const std::filesystem::path& path,
                                      std::uint32_t axes) {
  IdxFile file = open_idx(path, axes);
  std::size_t values = 1;
  for (const std::uint64_t axis : file.axes) values *= axis;
  std::vector<std::uint8_t> read(values);
  file.stream.read(reinterpret_cast<char*>(read.data()),
                   static_cast<std::streamsize>(values));
  if (!file.stream) {
    throw Error(Fault::io, cat(path.string(), ": cannot be read", kAgain));
  }
  return read;
}

}  // namespace

Items read_items(const std::filesystem::path& folder, const std::string& part) {
  const std::filesystem::path classes = folder / (part + "-labels-idx1-ubyte");
  Items items{
      .pictures = read_values(folder / (part + "-images-idx3-ubyte"), 3),
      .classes = read_values(classes, 1)};
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
