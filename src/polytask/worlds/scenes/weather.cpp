#include "polytask/worlds/scenes/weather.h"

#include "polytask/worlds/drawing/noise.h"
#include "polytask/worlds/drawing/shapes.h"

namespace polytask::draw {
namespace {

void draw_fog_bank(const Stage& stage, Dice& dice) {
  const float level = stage.view.horizon + dice.between(-0.2f, 0.25f);
  const float depth = dice.between(0.04f, 0.2f);
  const float thick = dice.between(0.3f, 0.9f);
  const std::uint32_t seed = dice.seed();
  stage.canvas.paint(stage.canvas.whole(), [&](float u, float v) -> Paint {
    const float wisp = fractal(u * 2.0f, v * 7.0f, seed, 3);
    const float from = std::abs(v - level + 0.06f * wisp) / depth;
    return {stage.light.haze,
            thick * decay(from * from) * (0.75f + 0.4f * wisp)};
  });
}

void draw_snow(const Stage& stage, Dice& dice) {
  const int flakes = 40 + dice.below(160);
  for (int i = 0; i < flakes; ++i) {
    const float u = stage.canvas.aspect() * dice.unit();
    const float v = dice.unit();
    const float r = dice.between(0.002f, 0.009f);
    draw_disc(stage.canvas, {u, v}, r,
              stage.light.horizon + Color{0.1f, 0.1f, 0.1f});
  }
}

void draw_rain(const Stage& stage, Dice& dice) {
  const float slant = dice.between(-0.3f, 0.3f);
  const float thick = dice.between(0.05f, 0.25f);
  const std::uint32_t seed = dice.seed();
  stage.canvas.paint(stage.canvas.whole(), [&](float u, float v) -> Paint {
    const float streak = noise((u + slant * v) * 60.0f, v * 3.0f, seed);
    return {stage.light.haze, thick * clamp01(0.5f + streak)};
  });
}

// Light through gaps, fanning out from the sun.
void draw_rays(const Stage& stage, Dice& dice) {
  const float strength = dice.between(0.1f, 0.45f);
  const float count = dice.between(3.0f, 9.0f);
  const std::uint32_t seed = dice.seed();
  const Point sun = stage.light.sun;
  stage.canvas.paint(stage.canvas.whole(), [&](float u, float v) -> Paint {
    const float du = u - sun.u;
    const float dv = v - sun.v;
    const float far = std::sqrt(du * du + dv * dv + 1e-4f);
    const float ray =
        noise(du / far * count, 0.5f + dv / far * 0.2f * count, seed);
    const float cover = strength * smooth(0.0f, 0.5f, ray) * decay(far * 0.9f);
    return {stage.light.sunlight, dv > 0.0f ? cover : 0.5f * cover};
  });
}

}  // namespace

void draw_weather(const Stage& stage, Dice& dice) {
  const float kind = dice.unit();
  if (kind < 0.07f) return draw_fog_bank(stage, dice);
  if (kind < 0.09f) return draw_snow(stage, dice);
  if (kind < 0.11f) return draw_rain(stage, dice);
  if (kind < 0.16f) return draw_rays(stage, dice);
}

}  // namespace polytask::draw
