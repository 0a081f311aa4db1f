#include "polytask/worlds/scenes/desert.h"

#include <array>

#include "polytask/worlds/drawing/noise.h"
#include "polytask/worlds/scenes/relief.h"

namespace polytask::draw {
namespace {

constexpr std::array<std::uint32_t, 11> kSands{
    0xE0B070, 0xD08848, 0xC86830, 0xE8CCA0, 0xF0EAE0, 0xB89868,
    0xD8A860, 0xA85830, 0xE8B888, 0xB0A088, 0xC8A880};

struct Sand {
  Color light;
  Color dark;
  float ripple = 0.0f;  // depth of the wind's pattern
  float ripple_size = 0.1f;
  float grain = 0.1f;
  float cracks = 0.0f;
  float scrub = 0.0f;  // how much dry green there is
  std::uint32_t seed = 0;
};

struct Dunes {
  float height = 1.0f;
  float length = 8.0f;
  float heading_x = 0.8f;
  float heading_z = 0.6f;
  float bend = 0.6f;
  float plateau = 0.0f;  // above 0: table mountains instead
  float plateau_from = 30.0f;
  std::uint32_t seed = 0;

  // Long windward slope, short lee, a sharp crest: a sawtooth whose phase is
  // bent by noise.
  [[nodiscard]] float crest(float x, float z, float size,
                            std::uint32_t own) const {
    const float along = (x * heading_x + z * heading_z) / size;
    const float across = (z * heading_x - x * heading_z) / size;
    const float phase = along + bend * noise(along * 0.6f, across * 0.45f, own);
    const float t = phase - static_cast<float>(floor_to_int(phase));
    const float rise = t < 0.72f ? t / 0.72f : (1.0f - t) / 0.28f;
    const float tall =
        0.65f + 0.5f * noise(along * 0.4f + 9.0f, across * 0.7f, own);
    return rise * rise * (1.6f - 0.6f * rise) * tall;
  }
  [[nodiscard]] float operator()(float x, float z) const {
    const float ramp = smooth(1.0f, length * 1.2f, z);
    if (plateau > 0.0f) {
      return ramp * (tables(x, z) + 0.1f * crest(x, z, 3.0f, seed));
    }
    return height * ramp *
           (crest(x, z, length, seed) +
            0.3f * crest(x, z, length * 0.37f, seed + 7));
  }
  [[nodiscard]] float tables(float x, float z) const {
    const float n = fractal(x / length, z / length, seed + 3, 4) * 1.3f;
    const float wall = smooth(0.1f, 0.2f, n);
    const float step = smooth(0.32f, 0.38f, n);
    return plateau * smooth(plateau_from, plateau_from * 1.2f, z) *
           (0.62f * wall + 0.38f * step + 0.22f * smooth(-0.25f, 0.1f, n));
  }
};

Sand some_sand(Dice& dice) {
  Sand sand;
  sand.light = dice.near(shown(dice.pick(kSands)), 0.14f);
  sand.dark = sand.light * Color{0.62f, 0.52f, 0.46f};
  sand.ripple = dice.chance(0.55f) ? dice.between(0.1f, 0.45f) : 0.0f;
  sand.ripple_size = dice.between(0.06f, 0.3f);
  sand.grain = dice.between(0.02f, 0.14f);
  sand.seed = dice.seed();
  return sand;
}

Dunes some_dunes(Dice& dice) {
  Dunes dunes;
  dunes.height = dice.between(1.0f, 5.0f);
  dunes.length = dice.between(7.0f, 22.0f);
  const float turn = dice.unit();
  dunes.heading_x = wave(turn);
  dunes.heading_z = wave(turn + 0.25f);
  dunes.bend = dice.between(0.25f, 1.1f);
  dunes.seed = dice.seed();
  return dunes;
}

// Stones, cracks and shrubs of a plain: its colour before the light.
Color plain_color(const Sand& sand, const ReliefPoint& at) {
  const float far = smooth(0.6f, 0.05f, at.footprint);
  const float coarse = fractal(at.x * 0.5f, at.z * 0.5f, sand.seed, 3);
  const float fine = noise(at.x * 6.0f, at.z * 6.0f, sand.seed + 5);
  Color c = mix(sand.light, sand.dark, clamp01(0.35f + 0.6f * coarse));
  c = c * (1.0f + far * sand.grain * 2.0f * fine);
  if (sand.cracks > 0.0f) {
    const Cell cell = cells(at.x * 2.2f, at.z * 2.2f, sand.seed + 9);
    const float width = 0.05f + 2.0f * at.footprint;
    const float crack = smooth(width, 0.0f, cell.second - cell.nearest);
    c = c * (1.0f - sand.cracks * crack * far) * (0.9f + 0.2f * cell.value);
  }
  if (sand.scrub > 0.0f) {
    const Cell cell = cells(at.x * 1.1f, at.z * 1.1f, sand.seed + 11);
    const float bush = smooth(0.34f, 0.18f, cell.nearest + 0.12f * fine) *
                       smooth(1.0f - sand.scrub, 1.1f - sand.scrub, cell.value);
    c = mix(c, shown(0x5C5A34) * (0.6f + 0.7f * cell.value), bush);
  }
  return c;
}

Color sand_color(const Sand& sand, const ReliefPoint& at) {
  const float coarse = fractal(at.x * 0.2f, at.z * 0.2f, sand.seed, 3);
  const float fine = noise(at.x * 9.0f, at.z * 9.0f, sand.seed + 5);
  const float grain = sand.grain * fine * smooth(0.3f, 0.03f, at.footprint);
  return mix(sand.light, sand.dark, clamp01(0.2f + 0.3f * coarse)) *
         (1.0f + grain);
}

// The wind's pattern as a tilt of the surface; it fades where a pixel covers
// half a ripple.
Vector rippled(const Sand& sand, const ReliefPoint& at) {
  if (sand.ripple <= 0.0f) return at.normal;
  const float bent = fractal(at.x * 0.5f, at.z * 0.5f, sand.seed + 2, 2);
  const float phase = (at.z + 0.25f * at.x + 0.7f * bent) / sand.ripple_size;
  const float seen = smooth(0.5f, 0.15f, at.footprint / sand.ripple_size);
  const float tilt = sand.ripple * seen * wave(phase);
  return unit({at.normal.x + 0.4f * tilt, at.normal.y, at.normal.z + tilt});
}

// Pebbles and boulders, half sunk into the ground.
void draw_stones(const Stage& stage, Dice& dice, Color color) {
  const int count = 3 + dice.below(22);
  const float largest = dice.between(0.01f, 0.07f);
  const float top = std::max(stage.view.horizon + 0.05f, 0.0f);
  for (int i = 0; i < count; ++i) {
    const float near = static_cast<float>(i + 1) / static_cast<float>(count);
    const float u = dice.between(0.0f, stage.canvas.aspect());
    const float v = mix(top, 1.02f, near * near);
    const float size = largest * (0.15f + near) * dice.between(0.3f, 1.0f);
    const std::uint32_t seed = dice.seed();
    const Color own = dice.near(color, 0.15f);
    const Box box{u - 2 * size, v - 1.5f * size, u + 2 * size, v + size};
    stage.canvas.paint(box, [&](float pu, float pv) -> Paint {
      const float du = (pu - u) / size;
      const float dv = (pv - v) / (0.7f * size);
      const float bumps = fractal(du * 0.9f, dv * 0.9f, seed, 3);
      const float inside = 1.0f - std::sqrt(du * du + dv * dv) + 0.45f * bumps;
      const Vector normal =
          unit({0.8f * du + bumps, 0.4f - dv, -0.7f + 0.5f * bumps});
      return {stage.light.on(own, normal), stage.canvas.cover(inside * size)};
    });
  }
}

void draw_plain(const Stage& stage, Dice& dice) {
  Sand sand = some_sand(dice);
  sand.cracks = dice.chance(0.4f) ? dice.between(0.3f, 0.85f) : 0.0f;
  sand.scrub = dice.chance(0.5f) ? dice.between(0.1f, 0.6f) : 0.0f;
  Dunes land = some_dunes(dice);
  land.plateau = dice.chance(0.55f) ? dice.between(3.0f, 11.0f) : 1e-3f;
  land.plateau_from = dice.between(20.0f, 45.0f);
  land.length = dice.between(10.0f, 30.0f);
  draw_relief(stage, {0.8f, 110.0f, 110}, land, [&](const ReliefPoint& at) {
    const float steep = 1.0f - at.normal.y;
    const float bands =
        0.8f + 0.3f * noise(at.y * 1.7f, at.x * 0.05f, sand.seed);
    const Color rock = sand.dark * Color{1.15f, 0.95f, 0.85f} * bands;
    const Color c = mix(plain_color(sand, at), rock, smooth(0.1f, 0.4f, steep));
    return stage.light.on(c, at.normal);
  });
  if (dice.chance(0.5f)) draw_stones(stage, dice, sand.dark);
}

void draw_dunes(const Stage& stage, Dice& dice) {
  Sand sand = some_sand(dice);
  const Dunes dunes = some_dunes(dice);
  // From the top of a dune one sees the shapes of the others.
  View view = stage.view;
  const float rise = dice.between(1.0f, 5.0f);
  view.eye *= rise;
  sand.ripple_size *= rise;
  const Stage above{stage.canvas, stage.light, view, stage.sky};
  draw_relief(above, {0.7f * rise, 90.0f * rise, 130}, dunes,
              [&](const ReliefPoint& at) {
                return stage.light.on(sand_color(sand, at), rippled(sand, at));
              });
  if (dice.chance(0.12f)) draw_stones(stage, dice, sand.dark);
}

}  // namespace

void draw_desert(const Stage& stage, Dice& dice) {
  if (dice.chance(0.6f)) {
    draw_dunes(stage, dice);
  } else {
    draw_plain(stage, dice);
  }
}

}  // namespace polytask::draw
