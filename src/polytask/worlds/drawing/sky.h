// The sky above the horizon: three colours upwards, clouds, the sun.

#pragma once

#include "polytask/worlds/drawing/light.h"

namespace polytask::draw {

class Sky {
 public:
  Sky(const Light& light, const View& view, Dice& dice);

  // Without clouds and sun; `height` is above the horizon in image heights
  // and may be negative. What water mirrors.
  [[nodiscard]] Color gradient(float height) const;

  void draw(Canvas& canvas) const;

 private:
  [[nodiscard]] Paint clouds_at(float u, float v) const;
  [[nodiscard]] float density(float u, float v) const;
  [[nodiscard]] Color sun_at(float u, float v) const;

  Light light_;
  View view_;
  float spread_;   // how fast the colours change upwards
  float scale_;    // cloud size
  float stretch_;  // clouds are wider than high
  float soft_;
  std::uint32_t seed_;
};

}  // namespace polytask::draw
