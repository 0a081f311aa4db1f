#include "polytask/worlds/streets/conditions.h"

#include <array>

namespace polytask::draw {
namespace {

struct SkyColors {
  std::uint32_t zenith;
  std::uint32_t middle;
  std::uint32_t horizon;
};

constexpr std::array<SkyColors, 4> kBlue{{{0x2A62B8, 0x6BA0DC, 0xC4DCEE},
                                          {0x3F7CC8, 0x86B4E2, 0xD4E4EE},
                                          {0x1E52A8, 0x5088CC, 0xA8CCE8},
                                          {0x6090C8, 0x9CBCDC, 0xE4E4DC}}};
constexpr std::array<SkyColors, 4> kGrey{{{0x8A929B, 0xAAB0B6, 0xCDD1D3},
                                          {0x6C7680, 0x949CA4, 0xBCC2C6},
                                          {0x9CA4AE, 0xBCC2C8, 0xDCDEE0},
                                          {0x707A88, 0x98A0AC, 0xC4C8CC}}};
constexpr std::array<SkyColors, 4> kEvening{{{0x2C3C70, 0x8C6C84, 0xF0A868},
                                             {0x3C4C80, 0xA88490, 0xF4C090},
                                             {0x24305C, 0x6C5478, 0xDC7858},
                                             {0x485890, 0xB098A0, 0xF8D8A8}}};
constexpr std::array<SkyColors, 2> kGreyEvening{
    {{0x3C4250, 0x545A68, 0x787884}, {0x484C5C, 0x606474, 0x8C8488}}};
constexpr std::array<SkyColors, 2> kNight{
    {{0x060A18, 0x0C1428, 0x1C2438}, {0x080C14, 0x121A2C, 0x2C2C38}}};
// A town lights its clouds from below.
constexpr std::array<SkyColors, 2> kGreyNight{
    {{0x1C1A1E, 0x2A2628, 0x403834}, {0x181A20, 0x24262E, 0x383840}}};

void take_sky(Light& light, const SkyColors& colors, Dice& dice) {
  light.zenith = dice.near(shown(colors.zenith), 0.12f);
  light.middle = dice.near(shown(colors.middle), 0.1f);
  light.horizon = dice.near(shown(colors.horizon), 0.08f);
}

SkyColors some_sky(Dice& dice, bool clear, Hour hour) {
  switch (hour) {
    case Hour::day:
      return clear ? dice.pick(kBlue) : dice.pick(kGrey);
    case Hour::dusk:
      return clear ? dice.pick(kEvening) : dice.pick(kGreyEvening);
    case Hour::night:
      return clear ? dice.pick(kNight) : dice.pick(kGreyNight);
  }
  return kBlue[0];
}

void place_sun(Conditions& now, Dice& dice, float aspect) {
  Light& light = now.light;
  const float x = dice.between(-1.2f, 1.2f);
  const bool low = now.hour == Hour::dusk;
  const float y = low ? dice.between(0.1f, 0.25f) : dice.between(0.5f, 1.4f);
  light.toward_sun = unit({x, y, dice.between(-0.9f, 0.4f)});
  light.sun = {aspect * (0.5f + 0.4f * x), low ? 0.3f : -0.4f};
  if (low) light.glow = dice.between(0.1f, 0.35f);
}

// How bright sun and sky are, by the hour.
void take_brightness(Conditions& now, Dice& dice) {
  Light& light = now.light;
  const bool clear = now.weather == Weather::clear;
  if (now.hour == Hour::day) {
    light.ambient = clear ? mix(light.zenith, light.horizon, 0.6f) * 0.42f
                          : light.horizon * dice.between(0.65f, 0.95f);
    light.sunlight = clear ? shown(0xFFF2DC) * dice.between(0.75f, 1.25f)
                           : light.horizon * 0.12f;
    now.shadows = clear ? dice.between(0.5f, 0.75f) : 0.0f;
  } else if (now.hour == Hour::dusk) {
    light.ambient = mix(light.zenith, light.horizon, 0.35f) * 0.5f +
                    Color{0.03f, 0.03f, 0.04f};
    light.sunlight = clear ? shown(0xFFA060) * dice.between(0.1f, 0.45f)
                           : light.horizon * 0.08f;
    now.shadows = clear ? dice.between(0.1f, 0.35f) : 0.0f;
  } else {
    light.ambient = light.horizon * 0.5f +
                    Color{0.016f, 0.016f, 0.022f} * dice.between(0.8f, 2.0f);
    light.sunlight = Color{0.004f, 0.005f, 0.007f};
  }
}

// How far one sees: 1 / thickness metres fade to a third.
float air_of(Weather weather, Dice& dice) {
  switch (weather) {
    case Weather::clear:
      return dice.between(0.0005f, 0.005f);
    case Weather::cloudy:
      return dice.between(0.001f, 0.009f);
    case Weather::rain:
      return dice.between(0.006f, 0.018f);
    case Weather::fog:
      return dice.between(0.017f, 0.065f);
    case Weather::snow:
      return dice.between(0.005f, 0.02f);
  }
  return 0.0f;
}

void take_clouds(Conditions& now, Dice& dice) {
  Light& light = now.light;
  light.cloud_lit = mix(light.horizon, light.ambient + light.sunlight, 0.6f);
  light.cloud_dark = mix(light.middle, light.ambient, 0.4f);
  light.cloud_cover = dice.between(0.2f, 0.5f);
  constexpr std::array<Clouds, 4> kFew{Clouds::none, Clouds::none,
                                       Clouds::heaps, Clouds::veils};
  if (now.weather == Weather::clear) {
    light.clouds = now.hour == Hour::night ? Clouds::none : dice.pick(kFew);
  } else if (now.weather != Weather::fog) {
    light.cloud_cover = dice.between(0.6f, 0.95f);
    light.cloud_lit = light.horizon;
    light.cloud_dark = mix(light.zenith, light.middle, 0.3f);
    light.clouds = dice.chance(0.6f) ? Clouds::layers : Clouds::overcast;
  } else {
    light.zenith = mix(light.zenith, light.horizon, 0.75f);
    light.middle = light.horizon;
  }
}

void take_ground(Conditions& now, Dice& dice) {
  if (now.weather == Weather::rain) now.wet = dice.between(0.45f, 1.0f);
  if (now.weather == Weather::fog) now.wet = dice.between(0.0f, 0.35f);
  if (now.weather == Weather::snow) now.snow = dice.between(0.25f, 1.0f);
  // After the rain.
  if (now.weather == Weather::cloudy && dice.chance(0.3f)) {
    now.wet = dice.between(0.2f, 0.7f);
  }
  // Old snow under a blue sky.
  const bool dry =
      now.weather == Weather::clear || now.weather == Weather::cloudy;
  if (dry && dice.chance(0.06f)) now.snow = dice.between(0.2f, 0.6f);
}

}  // namespace

Conditions some_conditions(Dice& dice, Weather weather, Hour hour,
                           float aspect) {
  Conditions now;
  now.weather = weather;
  now.hour = hour;
  take_sky(now.light, some_sky(dice, weather == Weather::clear, hour), dice);
  place_sun(now, dice, aspect);
  take_brightness(now, dice);
  now.light.thickness = air_of(weather, dice);
  now.light.haze = mix(now.light.horizon, now.light.middle, 0.3f);
  take_clouds(now, dice);
  take_ground(now, dice);
  if (hour == Hour::dusk) now.lamps = dice.between(0.3f, 0.9f);
  if (hour == Hour::night) now.lamps = 1.0f;
  if (hour == Hour::day && weather != Weather::clear && dice.chance(0.4f)) {
    now.lamps = dice.between(0.0f, 0.35f);
  }
  now.beam =
      hour == Hour::night ? dice.between(0.65f, 1.0f) : 0.12f * now.lamps;
  return now;
}

}  // namespace polytask::draw
