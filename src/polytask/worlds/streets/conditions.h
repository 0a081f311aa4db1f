// The weather and the hour of a street, and the light they make.

#pragma once

#include "polytask/worlds/drawing/dice.h"
#include "polytask/worlds/drawing/light.h"

namespace polytask::draw {

// In the order of the classes' numbers.
enum class Weather { clear, cloudy, rain, fog, snow };
enum class Hour { day, dusk, night };
inline constexpr int kWeatherCount = 5;
inline constexpr int kHourCount = 3;

struct Conditions {
  Weather weather = Weather::clear;
  Hour hour = Hour::day;
  Light light;
  float lamps = 0.0f;    // of houses, streets and cars; 0 off, 1 at night
  float beam = 0.0f;     // of the own headlamps
  float wet = 0.0f;      // ground; 0 dry, 1 mirrors
  float snow = 0.0f;     // ground and roofs; 0 bare, 1 white
  float shadows = 0.0f;  // 0 none, 1 as under the midday sun
};

[[nodiscard]] Conditions some_conditions(Dice& dice, Weather weather, Hour hour,
                                         float aspect);

}  // namespace polytask::draw
