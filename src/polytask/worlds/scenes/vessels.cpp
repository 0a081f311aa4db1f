#include "polytask/worlds/scenes/vessels.h"

#include <array>

#include "polytask/worlds/drawing/noise.h"
#include "polytask/worlds/drawing/shapes.h"

namespace polytask::draw {
namespace {

Color against_the_light(const Stage& stage, Color albedo) {
  return stage.light.on(albedo, unit({0.2f, 0.4f, -0.9f}));
}

void draw_sail_boat(const Stage& stage, Point at, float size, Color sail) {
  const std::array<Point, 3> main{{{at.u, at.v - size},
                                   {at.u, at.v - 0.12f * size},
                                   {at.u + 0.42f * size, at.v - 0.12f * size}}};
  const std::array<Point, 3> fore{{{at.u - 0.03f * size, at.v - 0.85f * size},
                                   {at.u - 0.03f * size, at.v - 0.12f * size},
                                   {at.u - 0.3f * size, at.v - 0.12f * size}}};
  const std::array<Point, 4> hull{{{at.u - 0.36f * size, at.v - 0.09f * size},
                                   {at.u + 0.44f * size, at.v - 0.09f * size},
                                   {at.u + 0.32f * size, at.v + 0.05f * size},
                                   {at.u - 0.26f * size, at.v + 0.05f * size}}};
  draw_polygon(stage.canvas, main, sail);
  draw_polygon(stage.canvas, fore, sail);
  draw_polygon(stage.canvas, hull, sail * 0.35f);
}

void draw_lighthouse(const Stage& stage, Dice& dice, Color dark) {
  const float u = stage.canvas.aspect() * dice.between(0.1f, 0.9f);
  const float foot = stage.view.horizon_at(u) + 0.01f;
  const float tall = dice.between(0.12f, 0.35f);
  const float wide = tall * dice.between(0.8f, 2.0f);
  const Color tower = against_the_light(stage, shown(0xE8E0D8));
  draw_limb(stage.canvas,
            {{u, foot}, {u, foot - tall}, tall * 0.09f, tall * 0.055f}, tower);
  draw_disc(stage.canvas, {u, foot - tall * 1.06f}, tall * 0.075f, dark);
  const std::array<Point, 5> rock{{{u - wide, foot + 0.03f},
                                   {u - 0.6f * wide, foot - 0.1f * tall},
                                   {u + 0.1f * wide, foot - 0.2f * tall},
                                   {u + 0.7f * wide, foot - 0.05f * tall},
                                   {u + wide, foot + 0.03f}}};
  draw_polygon(stage.canvas, rock, dark * 0.8f);
}

void draw_town(const Stage& stage, Dice& dice, Color dark) {
  float u = stage.canvas.aspect() * dice.between(-0.1f, 0.5f);
  const int houses = 4 + dice.below(14);
  const float tall = dice.between(0.03f, 0.18f);
  for (int i = 0; i < houses; ++i) {
    const float wide = dice.between(0.015f, 0.06f);
    const float top =
        stage.view.horizon_at(u) - tall * dice.between(0.2f, 1.0f);
    const Box box{u, top, u + wide, stage.view.horizon_at(u) + 0.012f};
    stage.canvas.paint(box, [&](float, float) -> Paint {
      return {dark, 1.0f};
    });
    u += wide * dice.between(0.8f, 1.6f);
  }
}

void draw_jetty(const Stage& stage, Dice& dice, Color dark) {
  const float v = stage.view.horizon + dice.between(0.1f, 0.35f);
  const float u = stage.canvas.aspect() * dice.between(0.0f, 0.5f);
  const float length = dice.between(0.25f, 0.7f);
  const int posts = 3 + dice.below(7);
  const bool deck = dice.chance(0.7f);
  const float tall = dice.between(0.04f, 0.2f);
  for (int i = 0; i < posts; ++i) {
    const float at =
        u + length * static_cast<float>(i) / static_cast<float>(posts);
    draw_limb(stage.canvas, {{at, v - tall}, {at, v + 0.03f}, 0.008f, 0.008f},
              dark);
  }
  if (deck) {
    const float top = v - tall;
    draw_limb(stage.canvas,
              {{u - 0.2f, top + 0.01f}, {u + length, top}, 0.012f, 0.01f},
              dark);
  }
}

}  // namespace

void draw_boats(const Stage& stage, Dice& dice) {
  const int count = 1 + dice.below(3);
  constexpr std::array<std::uint32_t, 5> kSails{0xF8F8F4, 0xE8E0D0, 0xC04030,
                                                0x304878, 0x404040};
  for (int i = 0; i < count; ++i) {
    const float below = dice.between(0.004f, 0.25f);
    const float u = stage.canvas.aspect() * dice.between(0.08f, 0.92f);
    const Point at{u, stage.view.horizon_at(u) + below};
    const float size = dice.between(0.05f, 0.14f) + 0.7f * below;
    const Color sail = against_the_light(stage, shown(dice.pick(kSails)));
    draw_sail_boat(stage, at, size, sail * 1.3f);
  }
}

void draw_sea_rocks(const Stage& stage, Dice& dice) {
  const int count = 1 + dice.below(5);
  const Color stone = dice.near(shown(0x5C5448), 0.2f);
  for (int i = 0; i < count; ++i) {
    const float below = dice.between(0.01f, 0.55f);
    const float u = stage.canvas.aspect() * dice.between(-0.05f, 1.05f);
    const float v = stage.view.horizon_at(u) + below;
    const float wide = dice.between(0.03f, 0.12f) * (0.5f + 2.5f * below);
    const float tall = wide * dice.between(0.35f, 1.6f);
    const std::uint32_t seed = dice.seed();
    const Box box{u - 1.5f * wide, v - 1.5f * tall, u + 1.5f * wide, v + 0.01f};
    stage.canvas.paint(box, [&](float pu, float pv) -> Paint {
      const float du = (pu - u) / wide;
      const float dv = (v - pv) / tall;
      const float bumps = fractal(du * 1.7f, dv * 1.7f, seed, 4, 0.6f);
      const float inside =
          1.0f - du * du - dv * (0.4f + 0.6f * dv) + 0.7f * bumps;
      const Vector normal = unit({0.7f * du + bumps, 0.3f + 0.7f * dv, -0.6f});
      return {stage.light.on(stone, normal),
              stage.canvas.cover(inside * wide * 0.6f) *
                  stage.canvas.cover(v - pv)};
    });
  }
}

void draw_landmark(const Stage& stage, Dice& dice) {
  const Color dark = against_the_light(stage, dice.near(shown(0x584C44), 0.2f));
  const int kind = dice.below(3);
  if (kind == 0) draw_lighthouse(stage, dice, dark);
  if (kind == 1) draw_town(stage, dice, dark);
  if (kind == 2) draw_jetty(stage, dice, dark);
}

}  // namespace polytask::draw
