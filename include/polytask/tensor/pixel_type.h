// How one value of an image is stored.

#pragma once

#include <cstddef>

namespace polytask {

enum class PixelType { uint8, float32 };

// Bytes of one value.
[[nodiscard]] constexpr std::size_t size_of(PixelType type) {
  return type == PixelType::uint8 ? 1 : 4;
}

}  // namespace polytask
