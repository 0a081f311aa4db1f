// Elementary functions that give the same bits on every machine.
//
// exp, sin and pow of different C libraries, or of one library on two
// processors, differ in the last bit. A picture must not. So these use only
// operations that IEEE 754 rounds exactly: + - * /, sqrt and floor. Absolute
// error below 1e-5, relative below 1e-4, which no pixel can show.

#pragma once

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>

namespace polytask::draw {

[[nodiscard]] inline float clamp01(float x) {
  return std::clamp(x, 0.0f, 1.0f);
}

[[nodiscard]] inline float mix(float a, float b, float t) {
  return a + (b - a) * t;
}

// The largest whole number not above x, for |x| < 2^31; several times faster
// than a call of std::floor.
[[nodiscard]] inline int floor_to_int(float x) {
  const int whole = static_cast<int>(x);
  return whole - (static_cast<float>(whole) > x ? 1 : 0);
}

// 0 below `from`, 1 above `to`, 3t^2 - 2t^3 between. `from` may exceed `to`.
[[nodiscard]] inline float smooth(float from, float to, float x) {
  const float t = clamp01((x - from) / (to - from));
  return t * t * (3.0f - 2.0f * t);
}

// 2^x for |x| <= 126, clamped beyond. The fraction by its Taylor series in
// f ln 2 around 1/2, where |f - 1/2| ln 2 <= 0.347.
[[nodiscard]] inline float exp2(float x) {
  const float clamped = std::clamp(x, -126.0f, 126.0f);
  const int whole = floor_to_int(clamped);
  const float y = (clamped - static_cast<float>(whole) - 0.5f) * 0.69314718f;
  const float series =
      1.0f +
      y * (1.0f + y * (0.5f + y * (1.0f / 6.0f +
                                   y * (1.0f / 24.0f + y * (1.0f / 120.0f)))));
  const auto exponent = static_cast<std::uint32_t>(whole + 127) << 23;
  return 1.41421356f * series * std::bit_cast<float>(exponent);
}

// e^-x.
[[nodiscard]] inline float decay(float x) { return exp2(x * -1.44269504f); }

// log2 x for x > 0: the exponent plus 2 atanh((m - 1) / (m + 1)) / ln 2 with
// the mantissa m in [0.7, 1.42).
[[nodiscard]] inline float log2(float x) {
  auto bits = std::bit_cast<std::uint32_t>(x);
  const std::uint32_t shifted = bits - 0x3F350000u;  // so that m starts at 0.7
  const int exponent = static_cast<int>(shifted) >> 23;
  bits -= static_cast<std::uint32_t>(exponent) << 23;
  const float m = std::bit_cast<float>(bits);
  const float s = (m - 1.0f) / (m + 1.0f);
  const float q = s * s;
  const float atanh = s * (1.0f + q * (1.0f / 3.0f + q * (0.2f + q / 7.0f)));
  return static_cast<float>(exponent) + atanh * 2.88539008f;
}

// x^p for x >= 0.
[[nodiscard]] inline float power(float x, float p) {
  return x <= 1e-30f ? 0.0f : exp2(p * log2(x));
}

// sin(2 pi turns): the Taylor series on a quarter turn.
[[nodiscard]] inline float wave(float turns) {
  float t = turns - static_cast<float>(floor_to_int(turns + 0.5f));
  if (t > 0.25f) t = 0.5f - t;
  if (t < -0.25f) t = -0.5f - t;
  const float x = t * 6.28318531f;
  const float q = x * x;
  const float tail = 1.0f / 120.0f - q * (1.0f / 5040.0f - q / 362880.0f);
  return x * (1.0f - q * (1.0f / 6.0f - q * tail));
}

}  // namespace polytask::draw
