#include "polytask/worlds/scenes/mountains.h"

#include <array>

#include "polytask/worlds/drawing/noise.h"
#include "polytask/worlds/scenes/relief.h"

namespace polytask::draw {
namespace {

constexpr std::array<std::uint32_t, 8> kRocks{0x6C6E74, 0x8A7A68, 0x54565C,
                                              0x9A8C7C, 0x7A5C48, 0x5C6470,
                                              0xA09890, 0x4A4440};
constexpr std::array<std::uint32_t, 7> kMeadows{
    0x5C7A38, 0x7C8848, 0x3C5C30, 0x9A8C50, 0x6A6048, 0x486844, 0x8C7C58};

struct Massif {
  float foot = 20.0f;
  float height = 9.0f;
  float wide = 8.0f;  // distance between ridges
  float sharp = 0.7f;
  float peak_x = 0.0f;
  float peak = 0.5f;  // how much the one peak towers
  float snow_line = 0.5f;
  float green_line = 0.2f;
  Color rock;
  Color meadow;
  Color snow;
  std::uint32_t seed = 0;

  [[nodiscard]] float operator()(float x, float z) const {
    const float ground = 0.12f * noise(x * 0.4f, z * 0.4f, seed + 21);
    const float rise = smooth(foot * 0.75f, foot * 1.6f, z);
    if (rise <= 0.0f) return ground * smooth(1.0f, 4.0f, z);
    const float sx = x / wide;
    const float sz = z / wide;
    const float crest = ridges(sx, sz, seed, 4);
    const float round = 0.5f + 0.5f * fractal(sx, sz, seed + 5, 4);
    const float dx = (x - peak_x) / (foot * 0.45f);
    const float dz = (z - foot * 1.7f) / (foot * 0.5f);
    const float tower = decay(std::sqrt(dx * dx + dz * dz) * 1.6f);
    const float shape = mix(round, crest * 1.5f, sharp) * (1.0f - 0.5f * peak);
    return ground + height * rise * (shape + peak * tower);
  }
};

Massif some_massif(Dice& dice, float foot) {
  Massif land;
  land.foot = foot;
  land.height = foot * dice.between(0.4f, 1.1f);
  land.wide = foot * dice.between(0.5f, 1.3f);
  land.sharp = dice.between(0.2f, 0.9f);
  land.peak_x = foot * dice.between(-0.5f, 0.5f);
  land.peak = dice.chance(0.5f) ? dice.between(0.2f, 0.9f) : 0.0f;
  land.snow_line = dice.chance(0.65f) ? dice.between(-0.1f, 0.7f) : 2.0f;
  land.green_line = dice.chance(0.5f) ? dice.between(0.1f, 0.6f) : 0.1f;
  land.rock = dice.near(shown(dice.pick(kRocks)), 0.14f);
  land.meadow = dice.near(shown(dice.pick(kMeadows)), 0.14f);
  land.snow = dice.near(shown(0xF0F4FA), 0.04f);
  land.seed = dice.seed();
  return land;
}

Color massif_color(const Massif& land, const ReliefPoint& at) {
  const float rough =
      fractal(at.x * 1.3f, at.z * 1.3f + at.y, land.seed + 9, 3);
  const float level = at.y / land.height + 0.12f * rough;
  const float flat = at.normal.y;
  const float layers = noise(at.y * 1.1f + rough, at.x * 0.12f, land.seed + 4);
  Color c = land.rock * (0.9f + 0.45f * rough + 0.2f * layers);
  const float green =
      smooth(land.green_line + 0.12f, land.green_line - 0.1f, level) *
      smooth(0.3f, 0.6f, flat + 0.2f * rough);
  c = mix(c, land.meadow * (1.0f + 0.5f * rough), green);
  const float snow =
      smooth(land.snow_line - 0.06f, land.snow_line + 0.1f, level) *
      smooth(0.35f, 0.6f, flat + 0.25f * rough);
  return mix(c, land.snow, snow);
}

struct Outline {
  float base = 0.5f;  // v of its foot above the horizon line
  float height = 0.2f;
  float frequency = 3.0f;
  float sharp = 1.0f;  // 0 rolling, 1 jagged
  std::uint32_t seed = 0;

  [[nodiscard]] float top(float u) const {
    const float x = u * frequency;
    const float soft = 0.5f + 0.5f * fractal(x, 0.5f, seed, 4, 0.42f);
    const float hard = 1.4f * ridges(x, 0.5f, seed, 5);
    return base - height * mix(soft, hard, sharp);
  }
};

// From the outline down to the bottom of the frame, paler towards its foot.
void draw_outline(const Stage& stage, const Outline& outline, Color color,
                  float mist) {
  const View& view = stage.view;
  const float lean = view.horizon;
  for (int c = 0; c < stage.canvas.width(); ++c) {
    const float u = (static_cast<float>(c) + 0.5f) * stage.canvas.pixel();
    const float top = outline.top(u) + view.horizon_at(u) - lean;
    const Box column{u, top - 0.02f, u + 1e-4f, 1.0f};
    stage.canvas.paint(column, [&](float, float v) -> Paint {
      const float below = (v - top) / (outline.height + 0.02f);
      const float grain = noise(u * 40.0f, v * 40.0f, outline.seed + 3);
      const Color own = color * (1.0f + 0.12f * grain);
      const Color paled = mix(own, stage.light.haze, mist * clamp01(below));
      return {paled, stage.canvas.cover(v - top)};
    });
  }
}

}  // namespace

void draw_massif(const Stage& stage, Dice& dice, float foot) {
  const Massif land = some_massif(dice, foot);
  const ReliefRange range{0.9f, foot * 3.2f, 120};
  View view = stage.view;
  view.eye *= dice.between(1.0f, 4.0f);
  const Stage above{stage.canvas, stage.light, view, stage.sky};
  draw_relief(above, range, land, [&](const ReliefPoint& at) {
    return stage.light.on(massif_color(land, at), at.normal);
  });
}

void draw_ranges(const Stage& stage, Dice& dice, float height) {
  const int layers = 2 + dice.below(4);
  const Color rock = dice.near(shown(dice.pick(kRocks)), 0.15f);
  const Color body = stage.light.on(rock, unit({0.2f, 0.6f, -0.6f}));
  const float sharp = dice.between(0.4f, 1.0f);
  const float frequency = dice.between(1.0f, 3.2f);
  const float mist = dice.between(0.1f, 0.7f);
  const float air = dice.between(0.35f, 0.9f);
  for (int i = 0; i < layers; ++i) {
    const float near = static_cast<float>(i) / static_cast<float>(layers);
    Outline outline;
    outline.base = stage.view.horizon + 0.02f + 0.22f * near * near;
    outline.height = height * (1.0f - 0.55f * near) * dice.between(0.75f, 1.1f);
    outline.frequency = frequency * (1.0f + 0.5f * near);
    outline.sharp = sharp;
    outline.seed = dice.seed();
    const Color c = mix(stage.light.haze, body, 1.0f - air * (1.0f - near));
    draw_outline(stage, outline, c, mist);
  }
}

void draw_hills(const Stage& stage, Dice& dice, float height) {
  Outline outline;
  outline.base = stage.view.horizon + 0.02f;
  outline.height = height;
  outline.frequency = dice.between(0.8f, 3.5f);
  outline.sharp = dice.between(0.0f, 0.35f);
  outline.seed = dice.seed();
  const Color land = dice.near(shown(dice.pick(kMeadows)), 0.15f);
  const Color lit = stage.light.on(land, unit({0.0f, 0.8f, -0.6f}));
  const float air = dice.between(0.1f, 0.8f);
  draw_outline(stage, outline, mix(lit, stage.light.haze, air), 0.3f);
}

}  // namespace polytask::draw
