// Small safetensors files, and what they hold.

#pragma once

#include <array>
#include <bit>
#include <cstdint>
#include <filesystem>
#include <span>
#include <vector>

#include "polytask/checkpoint/safetensors.h"

namespace polytask::test {

using Bits = std::vector<std::uint32_t>;

inline Bits bits_of(std::span<const float> values) {
  Bits bits;
  for (const float value : values) {
    bits.push_back(std::bit_cast<std::uint32_t>(value));
  }
  return bits;
}

inline void save(const std::filesystem::path& path, const Metadata& metadata,
                 const std::vector<TensorView>& tensors) {
  SafetensorsWriter writer(path, metadata, tensors);
  writer.write_bytes();
  writer.commit();
}

inline constexpr std::array<float, 6> kWeight{1, 2, 3, 4, 5, 6};
inline constexpr std::array<float, 1> kBias{-0.5f};

// Two tensors, a scalar, an empty one, and a text; 300-odd bytes.
inline void save_small(const std::filesystem::path& path) {
  save(path, {{"labels", "[\"sea\"]"}},
       {{"fc.weight", {2, 3}, kWeight},
        {"none", {0, 7}, {}},
        {"fc.bias", {1}, kBias},
        {"scale", {}, kBias}});
}

}  // namespace polytask::test
