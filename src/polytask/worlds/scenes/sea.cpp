#include "polytask/worlds/scenes/sea.h"

#include <array>

#include "polytask/worlds/drawing/noise.h"
#include "polytask/worlds/scenes/vessels.h"

namespace polytask::draw {
namespace {

constexpr std::array<std::uint32_t, 10> kDeeps{
    0x0C3460, 0x104C6C, 0x1C6880, 0x28586C, 0x3C5058,
    0x082848, 0x2C8090, 0x384868, 0x44646C, 0x146890};
constexpr std::array<std::uint32_t, 5> kShallows{0x58C8C0, 0x7CD0C8, 0x4CA0A8,
                                                 0x88A898, 0x68B0B8};
constexpr std::array<std::uint32_t, 6> kBeaches{0xE0CCA0, 0xC8B088, 0xF0E8D0,
                                                0x908070, 0xB89868, 0x6C6460};

struct Water {
  Color deep;
  Color shallow;
  float rough = 0.5f;  // slope of the waves
  float size = 1.0f;   // of the waves
  float caps = 0.0f;   // white heads
  float glitter = 0.0f;
  float mirror = 0.6f;
  Shore shore;
  float shoal = 0.0f;  // how far the shallow colour reaches up from the shore
  std::uint32_t seed = 0;
};

Water some_water(Dice& dice) {
  Water water;
  water.deep = dice.near(shown(dice.pick(kDeeps)), 0.16f);
  water.shallow = dice.near(shown(dice.pick(kShallows)), 0.12f);
  water.rough = dice.between(0.1f, 1.0f);
  water.size = dice.between(0.25f, 1.3f);
  water.caps = dice.chance(0.35f) ? dice.between(0.15f, 0.6f) : 0.0f;
  water.glitter = dice.between(0.3f, 1.6f);
  water.mirror = dice.between(0.35f, 0.95f);
  water.seed = dice.seed();
  return water;
}

// Slope of the surface towards the camera. A wave shorter than the pixel's
// footprint averages out.
float swell(const Water& water, float x, float z, float footprint) {
  float sum = 0.0f;
  float length = water.size * 2.4f;
  for (std::uint32_t octave = 0; octave < 4; ++octave) {
    const float seen = smooth(1.2f, 0.25f, footprint / length);
    if (seen > 0.0f) {
      sum += seen * noise(x / (length * 1.8f), z / length, water.seed + octave);
    }
    length *= 0.45f;
  }
  return sum * water.rough;
}

// One place on the water, as the camera sees it.
struct Ripple {
  float u = 0.0f;
  float v = 0.0f;
  float below = 0.0f;  // the horizon, in image heights
  float slope = 0.0f;  // towards the camera
};

Color body_color(const Stage& stage, const Water& water, const Ripple& at) {
  const float shoal = water.shoal > 0.0f ? smooth(water.shoal, 0.0f,
                                                  water.shore.at(at.u) - at.v)
                                         : 0.0f;
  const float day =
      luminance(stage.light.ambient + stage.light.sunlight * 0.5f);
  return mix(water.deep, water.shallow, shoal) *
         (std::min(day * 1.5f, 1.2f) * std::max(1.0f + 0.5f * at.slope, 0.3f));
}

// The sun's road: narrow at the horizon, wide and broken before the camera.
Color glitter(const Stage& stage, const Water& water, const Ripple& at) {
  const float reach = 0.03f + 0.35f * at.below;
  const float aside = (at.u - stage.light.sun.u) / reach;
  const float path = decay(aside * aside) * water.glitter * stage.light.glow;
  const float steep = at.slope / (water.rough + 0.05f);
  const float spark = smooth(-0.18f, 0.4f, steep);
  return stage.light.sunlight * (path * (0.15f + 1.5f * spark));
}

float white_caps(const Water& water, const Ripple& at) {
  if (water.caps <= 0.0f) return 0.0f;
  const float torn = 0.35f * noise(at.u * 30.0f, at.v * 60.0f, water.seed);
  const float high = at.slope / water.rough + torn;
  return smooth(1.05f - water.caps, 1.3f - water.caps, high) *
         smooth(0.0f, 0.04f, at.below);
}

Color water_color(const Stage& stage, const Water& water, float u, float v) {
  const View& view = stage.view;
  const float z = view.depth_at(u, v);
  const float footprint =
      0.35f * z * z / (view.focal * view.eye) * stage.canvas.pixel();
  const float slope = swell(water, view.across(u, z), z, footprint);
  const Ripple at{u, v, v - view.horizon_at(u), slope};
  const float glance = clamp01(1.0f - 1.3f * at.below + 0.7f * slope);
  const Color sky = stage.sky.gradient(at.below * 0.8f + 0.35f * slope + 0.05f);
  const Color wet =
      mix(body_color(stage, water, at), sky, water.mirror * glance * glance);
  const Color foam = stage.light.ambient * 1.1f + stage.light.sunlight * 0.7f;
  const Color c =
      mix(wet + glitter(stage, water, at), foam, white_caps(water, at));
  return stage.light.through_air(c, z);
}

void draw_water(const Stage& stage, const Water& water) {
  const float slack = std::abs(stage.view.tilt) * stage.canvas.aspect();
  const Box box{0.0f, stage.view.horizon - slack, stage.canvas.aspect(), 1.0f};
  stage.canvas.paint(box, [&](float u, float v) -> Paint {
    const float in = stage.canvas.cover(v - stage.view.horizon_at(u)) *
                     stage.canvas.cover(water.shore.at(u) - v);
    if (in <= 0.0f) return {{}, 0.0f};
    return {water_color(stage, water, u, v), in};
  });
}

// Sand with a wet band, from the shore down.
void draw_beach(const Stage& stage, Dice& dice, const Shore& shore) {
  const Color sand = dice.near(shown(dice.pick(kBeaches)), 0.12f);
  const float wet_width = dice.between(0.01f, 0.12f);
  const float pebbles = dice.between(0.03f, 0.5f);
  const std::uint32_t seed = dice.seed();
  const Box box{0.0f, 0.0f, stage.canvas.aspect(), 1.0f};
  const Color lit = stage.light.on(sand, {0.0f, 1.0f, 0.0f});
  const Color wet = mix(lit * 0.45f, stage.sky.gradient(0.5f), 0.3f);
  stage.canvas.paint(box, [&](float u, float v) -> Paint {
    const float below = v - shore.at(u);
    const float in = stage.canvas.cover(below);
    if (in <= 0.0f) return {{}, 0.0f};
    const float z = stage.view.depth_at(u, v);
    const float x = stage.view.across(u, z);
    const float grain = fractal(x * 3.0f, z * 3.0f, seed, 3, 0.7f);
    const Color dry = lit * (1.0f + pebbles * grain);
    return {mix(wet, dry, smooth(0.0f, wet_width, below + 0.02f * grain)), in};
  });
}

// A breaking wave: a dark face that lightens upwards, a white head, and the
// spent foam before it.
struct Breaker {
  float v = 0.7f;
  float height = 0.05f;
  std::uint32_t seed = 0;
};

void draw_breaker(const Stage& stage, const Water& water,
                  const Breaker& breaker) {
  const Color foam = stage.light.ambient * 1.2f + stage.light.sunlight * 0.75f;
  const float day = luminance(foam);
  const Box box{0.0f, breaker.v - 2.5f * breaker.height, stage.canvas.aspect(),
                breaker.v + 2.0f * breaker.height};
  stage.canvas.paint(box, [&](float u, float v) -> Paint {
    const float along = u / (breaker.height * 6.0f + 0.1f);
    const float tall =
        breaker.height *
        (0.2f +
         0.8f * clamp01(0.55f + 1.1f * noise(along, 0.5f, breaker.seed)));
    const float foot =
        breaker.v +
        0.4f * breaker.height * noise(along * 0.7f, 3.5f, breaker.seed) +
        (water.shore.v < 1.5f ? water.shore.at(u) - water.shore.v : 0.0f);
    const float t = (foot - v) / tall;
    const float spray =
        fractal(u / breaker.height * 1.3f, v / breaker.height * 1.6f,
                breaker.seed + 2, 4, 0.65f);
    if (t < 0.0f) {
      const float spent = smooth(0.15f, 0.55f, spray + 0.4f + 0.8f * t);
      return {foam * 0.85f, spent * clamp01(1.0f + t) * 0.8f};
    }
    const float body = stage.canvas.cover((1.0f - t + 0.5f * spray) * tall);
    const Color face = mix(water.deep * day, water.shallow * day, clamp01(t));
    const float head = smooth(0.5f, 0.85f, t + 0.45f * spray);
    return {mix(face, foam * (0.8f + 0.4f * spray), head), body};
  });
}

void draw_surf(const Stage& stage, Dice& dice, const Water& water) {
  const int rows = 1 + dice.below(4);
  const float top = std::max(stage.view.horizon, 0.0f) + 0.05f;
  const float last = std::min(water.shore.v, 1.0f);
  const float tall = dice.between(0.02f, dice.chance(0.25f) ? 0.45f : 0.1f);
  for (int i = 0; i < rows; ++i) {
    const float near = static_cast<float>(i + 1) / static_cast<float>(rows);
    Breaker breaker;
    breaker.v = mix(top, last, near * dice.between(0.8f, 1.0f));
    breaker.height = tall * (0.25f + 0.75f * near * near);
    breaker.seed = dice.seed();
    draw_breaker(stage, water, breaker);
  }
}

}  // namespace

float Shore::at(float u) const {
  if (v > 1.5f) return v;
  return v + slope * (u - 0.5f) + bend * noise(u * 1.3f, 0.5f, seed) +
         0.012f * noise(u * 9.0f, 7.5f, seed);
}

void draw_bay(const Stage& stage, Dice& dice, const Shore& shore) {
  Water water = some_water(dice);
  water.shore = shore;
  if (dice.chance(0.6f)) water.shoal = dice.between(0.03f, 0.25f);
  draw_water(stage, water);
}

void draw_sea(const Stage& stage, Dice& dice) {
  Water water = some_water(dice);
  const float open = 1.0f - std::max(stage.view.horizon, 0.0f);
  if (dice.chance(0.45f)) {
    water.shore = {1.0f - open * dice.between(0.08f, 0.55f),
                   dice.between(-0.5f, 0.5f), dice.between(0.0f, 0.25f),
                   dice.seed()};
    water.shoal = dice.chance(0.7f) ? dice.between(0.05f, 0.4f) : 0.0f;
    draw_beach(stage, dice, water.shore);
  }
  draw_water(stage, water);
  if (dice.chance(0.4f)) draw_surf(stage, dice, water);
  if (dice.chance(0.3f)) draw_sea_rocks(stage, dice);
  if (stage.view.horizon > 0.1f && dice.chance(0.25f)) draw_boats(stage, dice);
}

void draw_lake(const Stage& stage, Dice& dice, float top, float bottom) {
  const float ripple = dice.between(0.0f, 0.02f);
  const float mirror = dice.between(0.45f, 0.9f);
  const Color deep = dice.near(shown(0x2C4048), 0.15f) *
                     std::min(1.0f, 1.5f * luminance(stage.light.ambient));
  const std::uint32_t seed = dice.seed();
  const Canvas above = stage.canvas;
  const Box box{0.0f, top - 0.02f, stage.canvas.aspect(), bottom + 0.05f};
  stage.canvas.paint(box, [&](float u, float v) -> Paint {
    const float bank = 0.015f * noise(u * 5.0f, 0.5f, seed);
    const float in =
        stage.canvas.cover(v - top) * stage.canvas.cover(bottom + bank - v);
    if (in <= 0.0f) return {{}, 0.0f};
    const float shake = ripple * noise(u * 6.0f, v * 60.0f, seed + 1);
    const float from =
        clamp01(2.0f * top - v + shake) * static_cast<float>(above.height());
    const int row = std::clamp(static_cast<int>(from), 0, above.height() - 1);
    const int column =
        std::clamp(static_cast<int>(u / above.pixel()), 0, above.width() - 1);
    return {mix(deep, above.at(row, column), mirror), in};
  });
}

}  // namespace polytask::draw
