#include "polytask/worlds/scenes/meadow.h"

#include <array>

#include "polytask/worlds/drawing/noise.h"
#include "polytask/worlds/drawing/shapes.h"
#include "polytask/worlds/scenes/relief.h"

namespace polytask::draw {
namespace {

constexpr std::array<std::uint32_t, 11> kGrounds{
    0x5C8038, 0x789048, 0x8C9850, 0xB8A060, 0x6C6844, 0x4C6838,
    0xC8B070, 0x705C44, 0xE8ECF2, 0x485C34, 0x988868};

}  // namespace

void draw_meadow(const Stage& stage, Dice& dice) {
  const Color ground = dice.near(shown(dice.pick(kGrounds)), 0.15f);
  const Color other = dice.near(shown(dice.pick(kGrounds)), 0.15f);
  const float patches = dice.between(0.0f, 0.8f);
  const float rolling = dice.between(0.05f, 0.9f);
  const float size = dice.between(5.0f, 15.0f);
  const float blades = dice.between(0.1f, 0.5f);
  const std::uint32_t seed = dice.seed();
  const auto height = [=](float x, float z) {
    return rolling * smooth(1.0f, 10.0f, z) * noise(x / size, z / size, seed);
  };
  draw_relief(stage, {0.8f, 90.0f, 70}, height, [&](const ReliefPoint& at) {
    const float coarse = fractal(at.x * 0.25f, at.z * 0.25f, seed + 3, 3);
    const float fine = noise(at.x * 7.0f, at.z * 3.5f, seed + 6);
    const float seen = smooth(0.4f, 0.04f, at.footprint);
    const Color c = mix(ground, other, patches * smooth(-0.2f, 0.4f, coarse));
    return stage.light.on(c * (1.0f + blades * fine * seen + 0.15f * coarse),
                          at.normal);
  });
}

void draw_stalks(const Stage& stage, Dice& dice) {
  const int count = 15 + dice.below(60);
  const float tall = dice.between(0.08f, 0.4f);
  const float wind = dice.between(-0.25f, 0.25f);
  const Color straw = dice.near(shown(dice.pick(kGrounds)), 0.2f);
  const float ears = dice.chance(0.4f) ? 0.012f : 0.0f;
  for (int i = 0; i < count; ++i) {
    const float u = stage.canvas.aspect() * dice.unit();
    const float h = tall * dice.between(0.4f, 1.1f);
    const float bow = h * (wind + 0.12f * dice.bell());
    const float shade = dice.between(0.4f, 1.1f);
    const Color c = stage.light.on(straw * shade, unit({0.0f, 0.4f, -0.9f}));
    const Point tip{u + bow, 1.0f - h};
    draw_limb(stage.canvas, {{u, 1.01f}, tip, 0.006f, 0.002f}, c);
    if (ears > 0.0f) {
      const Point end{tip.u + 0.5f * bow, tip.v - 0.04f};
      draw_limb(stage.canvas, {tip, end, ears, 0.4f * ears}, c);
    }
  }
}

}  // namespace polytask::draw
