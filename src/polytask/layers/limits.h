// How large the numbers of a network may be. A description may come from
// anyone, so those who read or build one hold it to these. They lie beyond
// what a processor trains in a lifetime, and below what makes sums overflow or
// oneDNN generate code for minutes.

#pragma once

#include <cstddef>
#include <string>

#include "polytask/tensor/shape.h"

namespace polytask {

// A whole number of a description, from `least` to `most`.
struct NumberLimit {
  const char* key;
  int least;
  int most;

  [[nodiscard]] bool allows(int value) const {
    return least <= value && value <= most;
  }
};

inline constexpr NumberLimit kFiltersLimit{"filters", 1, 4096};
inline constexpr NumberLimit kKernelSizeLimit{"kernel_size", 1, 32};
inline constexpr NumberLimit kStridesLimit{"strides", 1, 32};
inline constexpr NumberLimit kPoolSizeLimit{"pool_size", 2, 15};
inline constexpr NumberLimit kUnitsLimit{"units", 1, 16'384};
inline constexpr NumberLimit kLogitsLimit{"units", 1, 65'536};  // of a head
inline constexpr NumberLimit kBatchLimit{"batch_size", 1, 65'536};

// Of an image [height, width, channels]: its sides, its channels, and all its
// numbers, 4096 x 4096 with three channels.
inline constexpr int kMostSide = 16'384;
inline constexpr int kMostChannels = 1'024;
inline constexpr std::size_t kMostImageValues = std::size_t{3} << 24;

// Of what a layer makes of one image, and of all parameters of a network.
inline constexpr std::size_t kMostValues = std::size_t{1} << 28;

inline constexpr std::size_t kMostLayers = 256;  // of the trunk, and of a head
inline constexpr std::size_t kMostTasks = 256;

// Throws Fault::config, "conv2d_1: kernel_size: expected 1 to 32, got 0".
void require_within(const NumberLimit& limit, const std::string& layer,
                    int value);

// Throws Fault::shape when the result of a layer is larger than kMostValues.
//   result   all axes >= 1
void require_size_of_result(const std::string& layer, const Shape& result);

}  // namespace polytask
