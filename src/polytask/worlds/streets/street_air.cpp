#include "polytask/worlds/streets/street_air.h"

#include "polytask/worlds/drawing/noise.h"

namespace polytask::draw {
namespace {

// Owners stay what they are: one still sees through it.
constexpr float kMostCover = 0.49f;

void draw_streak(Canvas& canvas, Point from, float slant, float length,
                 float wide, const Paint& paint) {
  const float lean = slant * length;
  const Box box{from.u - wide + std::min(lean, 0.0f), from.v,
                from.u + wide + std::max(lean, 0.0f), from.v + length};
  canvas.paint(box, [&](float u, float v) -> Paint {
    const float off = std::abs(u - from.u - slant * (v - from.v));
    const float cover = smooth(wide, 0.0f, off);
    return {paint.color, std::min(cover * paint.cover, kMostCover)};
  });
}

void draw_rain(const StreetStage& street, Dice& dice) {
  Canvas& canvas = street.canvas();
  const float heavy = dice.between(0.15f, 1.0f);
  const float slant = dice.between(-0.35f, 0.35f);
  const Color light = street.now().light.horizon * 0.8f +
                      street.road().lamp_light * (0.15f * street.now().lamps) +
                      Color{0.05f, 0.05f, 0.055f};
  const int count = 8 + static_cast<int>(130.0f * heavy);
  for (int i = 0; i < count; ++i) {
    const float u = canvas.aspect() * dice.between(-0.1f, 1.1f);
    const float v = dice.between(-0.1f, 1.0f);
    const float close = dice.unit();
    const float length = mix(0.03f, 0.15f, close * close);
    const float wide =
        std::max(mix(0.003f, 0.008f, close), 0.7f * canvas.pixel());
    draw_streak(canvas, {u, v}, slant, length, wide,
                {light, dice.between(0.12f, 0.4f)});
  }
}

void draw_flake(Canvas& canvas, Point at, float radius, const Paint& paint) {
  const float r = std::max(radius, 0.8f * canvas.pixel());
  canvas.paint(
      {at.u - r, at.v - r, at.u + r, at.v + r}, [&](float u, float v) -> Paint {
        const float du = (u - at.u) / r;
        const float dv = (v - at.v) / r;
        const float square = du * du + dv * dv;
        return {paint.color,
                std::min(paint.cover * smooth(1.0f, 0.3f, square), kMostCover)};
      });
}

void draw_snowfall(const StreetStage& street, Dice& dice) {
  Canvas& canvas = street.canvas();
  const Color light = street.now().light.horizon * 0.9f +
                      street.road().lamp_light * (0.25f * street.now().lamps) +
                      Color{0.12f, 0.12f, 0.13f};
  const int count = 8 + static_cast<int>(270.0f * dice.unit());
  for (int i = 0; i < count; ++i) {
    const float close = dice.unit();
    const float u = canvas.aspect() * dice.unit();
    const float v = dice.unit();
    draw_flake(canvas, {u, v}, mix(0.004f, 0.017f, close * close * close),
               {light, dice.between(0.25f, 0.6f)});
  }
}

// Each drop shows the sky upside down.
void draw_drops(const StreetStage& street, Dice& dice) {
  Canvas& canvas = street.canvas();
  const int count = 3 + dice.below(18);
  for (int i = 0; i < count; ++i) {
    const float u = canvas.aspect() * dice.unit();
    const float v = dice.unit();
    const float r = dice.between(0.008f, 0.026f);
    const Color sky = street.now().light.horizon;
    draw_flake(canvas, {u, v}, r, {sky * 0.45f, 0.35f});
    draw_flake(canvas, {u, v + 0.35f * r}, 0.55f * r, {sky * 1.1f, 0.45f});
  }
}

}  // namespace

void draw_street_air(const StreetStage& street, Dice& dice) {
  const Weather weather = street.now().weather;
  if (weather == Weather::rain) {
    draw_rain(street, dice);
    if (dice.chance(0.6f)) draw_drops(street, dice);
  }
  if (weather == Weather::snow) draw_snowfall(street, dice);
  // The last rain is still on the windscreen.
  if (weather == Weather::cloudy && dice.chance(0.12f))
    draw_drops(street, dice);
}

}  // namespace polytask::draw
