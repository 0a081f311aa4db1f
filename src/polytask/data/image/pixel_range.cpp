#include "polytask/data/image/pixel_range.h"

#include <algorithm>
#include <limits>
#include <vector>

namespace polytask {

std::optional<PixelRange> pixel_range(const Dataset& data) {
  if (data.spec().pixels != PixelType::float32 || data.size() == 0) {
    return std::nullopt;
  }
  PixelRange range{.least = std::numeric_limits<float>::max(),
                   .largest = std::numeric_limits<float>::lowest()};
  std::vector<float> image(data.spec().values_per_image());
  for (std::int64_t i = 0; i < data.size(); ++i) {
    data.read_image(i, std::as_writable_bytes(std::span(image)));
    const auto [least, largest] = std::ranges::minmax(image);
    range.least = std::min(range.least, least);
    range.largest = std::max(range.largest, largest);
  }
  return range;
}

}  // namespace polytask
