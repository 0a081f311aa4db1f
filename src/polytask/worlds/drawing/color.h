// Linear light, three channels.
//
// Shown colours are the square roots: a gamma of 2, whose both directions are
// exact arithmetic. 1 is the white of the screen; light may exceed it.

#pragma once

#include <cmath>
#include <cstdint>

#include "polytask/worlds/drawing/arithmetic.h"

namespace polytask::draw {

struct Color {
  float red = 0.0f;
  float green = 0.0f;
  float blue = 0.0f;
};

[[nodiscard]] inline Color operator+(Color a, Color b) {
  return {a.red + b.red, a.green + b.green, a.blue + b.blue};
}
[[nodiscard]] inline Color operator*(Color a, Color b) {
  return {a.red * b.red, a.green * b.green, a.blue * b.blue};
}
[[nodiscard]] inline Color operator*(Color a, float s) {
  return {a.red * s, a.green * s, a.blue * s};
}
[[nodiscard]] inline Color mix(Color a, Color b, float t) {
  return a * (1.0f - t) + b * t;
}

// The light of a colour as a paint program names it: 0xC2A060 is sand.
[[nodiscard]] inline Color shown(std::uint32_t code) {
  const auto channel = [code](int shift) {
    const float value = static_cast<float>((code >> shift) & 0xFF) / 255.0f;
    return value * value;
  };
  return {channel(16), channel(8), channel(0)};
}

[[nodiscard]] inline float luminance(Color c) {
  return 0.3f * c.red + 0.59f * c.green + 0.11f * c.blue;
}

// 0 is grey, 1 is the colour itself, above 1 is more vivid.
[[nodiscard]] inline Color saturate(Color c, float amount) {
  const float grey = luminance(c);
  const Color vivid = mix({grey, grey, grey}, c, amount);
  return {std::max(vivid.red, 0.0f), std::max(vivid.green, 0.0f),
          std::max(vivid.blue, 0.0f)};
}

}  // namespace polytask::draw
