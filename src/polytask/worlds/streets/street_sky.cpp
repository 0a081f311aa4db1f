#include "polytask/worlds/streets/street_sky.h"

#include "polytask/worlds/drawing/shapes.h"

namespace polytask::draw {
namespace {

void draw_stars(const StreetStage& street, Dice& dice) {
  Canvas& canvas = street.canvas();
  const int count = dice.below(60);
  for (int i = 0; i < count; ++i) {
    const float u = canvas.aspect() * dice.unit();
    const float v = street.view().horizon * dice.between(0.0f, 0.85f);
    const float bright = dice.unit();
    draw_disc(canvas, {u, v}, 0.35f * canvas.pixel(),
              Color{0.3f, 0.32f, 0.38f} * (0.15f + bright * bright));
  }
}

void draw_moon(const StreetStage& street, Dice& dice) {
  Canvas& canvas = street.canvas();
  const float u = canvas.aspect() * dice.between(0.05f, 0.95f);
  const float v = street.view().horizon * dice.between(0.05f, 0.5f);
  const float radius = dice.between(0.018f, 0.028f);
  const float phase = dice.between(-1.2f, 1.2f);
  canvas.paint(
      {u - radius, v - radius, u + radius, v + radius},
      [&](float pu, float pv) -> Paint {
        const auto inside = [&](float at) {
          const float du = pu - at;
          const float dv = pv - v;
          return radius - std::sqrt(du * du + dv * dv);
        };
        const float dark = canvas.cover(inside(u + phase * radius));
        const float shaded = std::abs(phase) < 0.3f ? 0.0f : dark;
        return {{0.8f, 0.8f, 0.72f}, canvas.cover(inside(u)) * (1.0f - shaded)};
      });
}

}  // namespace

void draw_street_sky(const StreetStage& street, Dice& dice) {
  street.stage().sky.draw(street.canvas());
  const Conditions& now = street.now();
  if (now.weather != Weather::clear || now.hour != Hour::night) return;
  draw_stars(street, dice);
  if (dice.chance(0.4f)) draw_moon(street, dice);
}

}  // namespace polytask::draw
