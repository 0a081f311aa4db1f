// Pictures and their classes in the format of MNIST and Fashion-MNIST.
//
// An IDX file is two bytes of 0, one for the type (8: unsigned bytes), one for
// the number of axes, the length of each axis (four bytes, the highest first),
// then the values, the last axis fastest.

#pragma once

#include <cstdint>
#include <filesystem>
#include <span>
#include <vector>

namespace polytask::benchmark {

struct Items {
  static constexpr int kSide = 28;     // pixels, both ways
  static constexpr int kClasses = 10;  // 0, 1, ..., 9
  static constexpr int kPixels = kSide * kSide;

  std::vector<std::uint8_t> pictures;  // [N, 28, 28]
  std::vector<std::uint8_t> classes;   // [N]

  [[nodiscard]] std::size_t count() const { return classes.size(); }
  [[nodiscard]] std::span<const std::uint8_t> picture(std::size_t i) const {
    return std::span(pictures).subspan(i * kPixels, kPixels);
  }
};

// Reads PART-images-idx3-ubyte and PART-labels-idx1-ubyte in `folder`; the
// parts of both data sets are "train" and "t10k".
//
// Throws Fault::io when a file is not there or cannot be read, Fault::data when
// its beginning is not that of such a file, it is shorter or longer than its
// beginning says, a class is above 9, or there are not as many classes as
// pictures. Nothing is allocated before the lengths agree with the file's.
[[nodiscard]] Items read_items(const std::filesystem::path& folder,
                               const std::string& part);

}  // namespace polytask::benchmark
