// The random numbers of one picture.
//
// SplitMix64 (Steele, Lea, Flood, OOPSLA 2014): a counter through a mixing
// function, so a picture keyed by (seed, index) needs none of those before
// it. The standard library's distributions differ between implementations;
// these do not. Two calls in one argument list have no defined order: give
// each its own statement.

#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "polytask/worlds/drawing/color.h"

namespace polytask::draw {

class Dice {
 public:
  Dice(std::uint64_t seed, std::uint64_t index)
      : state_(mixed(seed + 0x9E3779B97F4A7C15u) ^ mixed(~index)) {}

  [[nodiscard]] std::uint64_t bits() {
    state_ += 0x9E3779B97F4A7C15u;
    return mixed(state_);
  }
  // In [0, 1), in steps of 2^-24.
  [[nodiscard]] float unit() {
    return static_cast<float>(bits() >> 40) * 0x1p-24f;
  }
  [[nodiscard]] float between(float low, float high) {
    return low + (high - low) * unit();
  }
  [[nodiscard]] bool chance(float probability) { return unit() < probability; }

  // In [0, count).
  [[nodiscard]] int below(int count) {
    return static_cast<int>(
        ((bits() >> 32) * static_cast<std::uint64_t>(count)) >> 32);
  }
  // Bell-shaped, mean 0, deviation 1, within +-3.5 (four uniforms added).
  [[nodiscard]] float bell() {
    float sum = -2.0f;
    for (int i = 0; i < 4; ++i) sum += unit();
    return sum * 1.7320508f;
  }
  // For a noise field of its own.
  [[nodiscard]] std::uint32_t seed() {
    return static_cast<std::uint32_t>(bits() >> 32);
  }
  template <class T, std::size_t N>
  [[nodiscard]] T pick(const std::array<T, N>& items) {
    return items[static_cast<std::size_t>(below(static_cast<int>(N)))];
  }
  // A colour a little brighter, darker, warmer or cooler.
  [[nodiscard]] Color near(Color c, float amount) {
    const float bright = 1.0f + amount * bell();
    const float warm = 0.5f * amount * bell();
    const float green = 0.25f * amount * bell();
    return saturate(c * Color{bright + warm, bright + green, bright - warm},
                    1.0f);
  }

 private:
  static constexpr std::uint64_t mixed(std::uint64_t z) {
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
    return z ^ (z >> 31);
  }

  std::uint64_t state_;
};

}  // namespace polytask::draw
