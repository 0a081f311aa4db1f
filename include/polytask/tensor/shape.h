// The size of an array, outermost axis first, [N, H, W, C] or [N, F], and how
// one value of an image is stored.

#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace polytask {

using Shape = std::vector<int>;

// The product of the axes; 1 for a scalar.
[[nodiscard]] std::size_t element_count(const Shape& shape);

// "[100, 100, 3]"
[[nodiscard]] std::string to_text(const Shape& shape);

enum class PixelType { uint8, float32 };

// Bytes of one value.
[[nodiscard]] constexpr std::size_t size_of(PixelType type) {
  return type == PixelType::uint8 ? 1 : 4;
}

}  // namespace polytask
