// The hour and the weather of a scene: every colour that is not an object's.

#pragma once

#include <cstdint>

#include "polytask/worlds/drawing/canvas.h"
#include "polytask/worlds/drawing/dice.h"
#include "polytask/worlds/drawing/view.h"

namespace polytask::draw {

enum class Clouds { none, heaps, veils, layers, overcast };

struct Light {
  Point sun;  // where it stands in the picture, often outside the frame
  float sun_radius = 0.03f;
  float glow = 0.0f;  // brightness of the sky around the sun
  bool sun_shows = false;
  Vector toward_sun;  // unit
  Color sunlight;
  Color ambient;
  Color zenith;
  Color middle;
  Color horizon;
  Color haze;           // what distance fades into
  float thickness = 0;  // of the air: 1/thickness is how far one sees
  Clouds clouds = Clouds::none;
  float cloud_cover = 0.5f;
  Color cloud_lit;
  Color cloud_dark;

  // The light a matt surface sends back.
  [[nodiscard]] Color on(Color albedo, const Vector& normal) const {
    const float facing = std::max(dot(normal, toward_sun), 0.0f);
    const float open = 0.6f + 0.4f * normal.y;  // how much sky it sees
    return albedo * (ambient * open + sunlight * facing);
  }
  [[nodiscard]] Color through_air(Color c, float distance) const {
    return mix(haze, c, decay(distance * thickness));
  }
};

// Any hour but sunset: noon, grey days, fog, the warm hour, blue dusk.
[[nodiscard]] Light day_light(Dice& dice, const View& view, float aspect);

// Sun at or under the horizon.
[[nodiscard]] Light sunset_light(Dice& dice, const View& view, float aspect);

}  // namespace polytask::draw
