#include "polytask/worlds/scenes/woods.h"

#include <algorithm>
#include <array>
#include <vector>

#include "polytask/worlds/drawing/noise.h"
#include "polytask/worlds/drawing/shapes.h"

namespace polytask::draw {
namespace {

Species some_species(Dice& dice) {
  constexpr std::array<Species, 8> kUsual{
      Species::conifer,   Species::conifer,   Species::conifer,
      Species::broadleaf, Species::broadleaf, Species::poplar,
      Species::bare,      Species::broadleaf};
  return dice.pick(kUsual);
}

struct Grove {
  int count = 10;
  float top = 0.5f;  // v of the farthest foot
  float bottom = 0.9f;
  float size = 0.4f;   // of the nearest
  float mixed = 0.2f;  // share of other species
  float clear = 0.0f;  // half width of a glade in the middle, u
};

void draw_grove(const Stage& stage, Dice& dice, const Grove& grove) {
  const Species main = some_species(dice);
  const Foliage foliage = some_foliage(dice);
  const float aspect = stage.canvas.aspect();
  for (int i = 0; i < grove.count; ++i) {
    const float near =
        (static_cast<float>(i) + dice.unit()) / static_cast<float>(grove.count);
    Plant plant;
    plant.species = dice.chance(grove.mixed) ? some_species(dice) : main;
    plant.foot.u = aspect * dice.between(-0.1f, 1.1f);
    const float aside = plant.foot.u - 0.5f * aspect;
    if (std::abs(aside) < grove.clear) {
      plant.foot.u += aside < 0 ? -grove.clear : grove.clear;
    }
    plant.foot.v = mix(grove.top, grove.bottom, near * near);
    plant.height =
        grove.size * mix(0.3f, 1.0f, near) * dice.between(0.6f, 1.1f);
    plant.distance = mix(40.0f, 4.0f, near);
    Foliage own = foliage;
    own.leaf = dice.near(foliage.leaf, 0.12f);
    draw_plant(stage, dice, own, plant);
  }
}

// A wall of leaves with gaps of sky: what stands behind the trunks.
void draw_thicket(const Stage& stage, Dice& dice, const Foliage& foliage) {
  const std::uint32_t seed = dice.seed();
  const float gaps = dice.between(-0.5f, 0.35f);
  const float size = dice.between(4.0f, 16.0f);
  const float tall = dice.between(0.8f, 2.5f);
  const Color bright = stage.light.horizon;
  const float air = decay(stage.light.thickness * 12.0f);
  stage.canvas.paint(stage.canvas.whole(), [&](float u, float v) -> Paint {
    const float rough = fractal(u * size, v * size / tall, seed, 4, 0.7f);
    const float large = noise(u * 2.5f, v * 1.6f, seed + 8);
    const Color own =
        foliage.leaf * clamp01(0.55f + 0.9f * rough + 0.5f * large);
    const Color leaf = stage.light.on(own, unit({rough, 0.5f, -0.5f}));
    const float gap =
        smooth(0.15f, 0.5f, rough + large * 0.7f + gaps - 0.6f * v);
    return {mix(mix(stage.light.haze, leaf, air), bright, gap), 1.0f};
  });
}

void draw_forest_floor(const Stage& stage, Dice& dice, float from) {
  constexpr std::array<std::uint32_t, 6> kFloors{0x4C5C2C, 0x6C5038, 0x5C4830,
                                                 0x748840, 0xA07040, 0xE0E4EC};
  const Color floor = dice.near(shown(dice.pick(kFloors)), 0.18f);
  const std::uint32_t seed = dice.seed();
  const float size = dice.between(5.0f, 18.0f);
  stage.canvas.paint(stage.canvas.whole(), [&](float u, float v) -> Paint {
    const float edge = from + 0.05f * fractal(u * 4.0f, 0.5f, seed, 2);
    const float rough = fractal(u * size, v * size * 2.2f, seed + 1, 3, 0.7f);
    const float dapple =
        0.6f + 0.6f * smooth(-0.1f, 0.3f, noise(u * 5.0f, v * 12.0f, seed + 7));
    const Color lit =
        stage.light.on(floor * (1.0f + 0.6f * rough), {0.0f, 1.0f, 0.0f});
    return {lit * dapple, smooth(0.0f, 0.06f, v - edge)};
  });
}

void draw_trunk(const Stage& stage, Dice& dice, const Foliage& foliage,
                float near, float floor) {
  const float u = stage.canvas.aspect() * dice.between(-0.05f, 1.05f);
  const float foot = mix(floor, 1.05f, near * near) + 0.03f * dice.bell();
  const float radius =
      mix(0.008f, 0.06f, near * near) * dice.between(0.6f, 1.5f);
  const float lean = dice.between(-0.08f, 0.08f);
  const std::uint32_t seed = dice.seed();
  const float distance = mix(30.0f, 2.0f, near);
  const Limb limb{{u, foot}, {u + lean, -0.1f}, radius, radius * 0.7f};
  stage.canvas.paint(box_of(limb), [&](float pu, float pv) -> Paint {
    const float sway = 0.3f * radius * noise(pv * 4.0f, 0.5f, seed);
    const float inside = inside_limb(limb, pu + sway, pv);
    const float across =
        (pu + sway - mix(u, u + lean, (foot - pv) / (foot + 0.1f))) / radius;
    const float bark = fractal(across * 1.8f, pv * 7.0f, seed + 1, 3, 0.7f);
    const Vector normal = unit({across, 0.1f, -0.6f});
    const Color wood =
        stage.light.on(foliage.trunk * (1.0f + 0.6f * bark), normal);
    return {stage.light.through_air(wood, distance),
            stage.canvas.cover(inside)};
  });
}

void draw_inside(const Stage& stage, Dice& dice) {
  const Foliage foliage = some_foliage(dice);
  draw_thicket(stage, dice, foliage);
  const float floor = dice.between(0.55f, 0.95f);
  draw_forest_floor(stage, dice, floor);
  const int trunks = 4 + dice.below(22);
  for (int i = 0; i < trunks; ++i) {
    const float near =
        (static_cast<float>(i) + 0.5f) / static_cast<float>(trunks);
    draw_trunk(stage, dice, foliage, near, floor);
  }
  const int crowns = dice.below(9);
  for (int i = 0; i < crowns; ++i) {
    const float u = stage.canvas.aspect() * dice.unit();
    const float v = dice.between(-0.1f, 0.4f);
    const float r = dice.between(0.06f, 0.2f);
    Foliage own = foliage;
    own.leaf = dice.near(foliage.leaf, 0.2f);
    draw_crown(stage, own, {u - 1.3f * r, v - r, u + 1.3f * r, v + r},
               dice.seed(), 4.0f);
  }
}

// A wooded slope that fills the frame up to the horizon.
void draw_slope(const Stage& stage, Dice& dice) {
  const float top = std::clamp(stage.view.horizon, -0.05f, 0.6f);
  const float tall = dice.between(0.1f, 0.28f);
  draw_tree_line(stage, dice, top + 0.06f, tall * 0.6f);
  draw_grove(stage, dice,
             {.count = 40 + dice.below(60),
              .top = top + 0.05f,
              .bottom = 1.1f,
              .size = tall,
              .mixed = dice.between(0.0f, 0.6f)});
}

void draw_avenue(const Stage& stage, Dice& dice) {
  const float top = std::clamp(stage.view.horizon, 0.3f, 0.75f);
  draw_grove(stage, dice,
             {.count = 8 + dice.below(20),
              .top = top + 0.02f,
              .bottom = dice.between(0.85f, 1.2f),
              .size = dice.between(0.5f, 1.2f),
              .mixed = dice.between(0.0f, 0.4f),
              .clear = dice.between(0.0f, 0.25f)});
}

void draw_lone(const Stage& stage, Dice& dice) {
  const int count = 1 + dice.below(3);
  for (int i = 0; i < count; ++i) {
    const Foliage foliage = some_foliage(dice);
    Plant plant;
    plant.species = dice.chance(0.12f) ? Species::acacia : some_species(dice);
    plant.height = dice.between(0.2f, 1.0f);
    plant.foot.u = stage.canvas.aspect() * dice.between(0.15f, 0.85f);
    plant.foot.v = std::clamp(stage.view.horizon + dice.between(0.05f, 0.35f),
                              0.55f, 1.0f);
    draw_plant(stage, dice, foliage, plant);
  }
}

}  // namespace

void draw_tree_line(const Stage& stage, Dice& dice, float base, float height) {
  const Foliage foliage = some_foliage(dice);
  const std::uint32_t seed = dice.seed();
  const float slim = dice.between(8.0f, 26.0f);
  const float distance = dice.between(5.0f, 40.0f);
  const Box box{0.0f, base - 2.2f * height, stage.canvas.aspect(),
                base + 0.06f};
  stage.canvas.paint(box, [&](float u, float v) -> Paint {
    const float tilt = stage.view.horizon_at(u) - stage.view.horizon;
    const float tips = std::abs(noise(u * slim, 0.5f, seed));
    const float swell = 0.7f + 0.5f * fractal(u * 2.5f, 3.5f, seed + 2, 3);
    const float top = base + tilt - height * (swell + 0.6f * tips);
    const float foot = base + tilt + 0.03f * noise(u * 6.0f, 0.5f, seed + 3);
    const float rough = fractal(u * 30.0f, v * 22.0f, seed + 4, 2, 0.8f);
    const Color leaf = stage.light.on(foliage.leaf * (0.8f + 0.6f * rough),
                                      unit({rough, 0.4f, -0.6f}));
    return {stage.light.through_air(leaf, distance),
            stage.canvas.cover(v - top) * stage.canvas.cover(foot - v)};
  });
}

void draw_some_trees(const Stage& stage, Dice& dice, float size) {
  const float top = std::clamp(stage.view.horizon + 0.08f, 0.35f, 0.9f);
  draw_grove(stage, dice,
             {.count = 2 + dice.below(18),
              .top = top,
              .bottom = dice.between(top, 1.1f),
              .size = size,
              .mixed = dice.between(0.0f, 0.3f)});
}

void draw_oasis(const Stage& stage, Dice& dice) {
  const Foliage foliage = some_foliage(dice);
  const int count = 1 + dice.below(7);
  const bool palms = dice.chance(0.6f);
  const float size = dice.between(0.1f, 0.55f);
  for (int i = 0; i < count; ++i) {
    Plant plant;
    plant.species = palms ? Species::palm : Species::acacia;
    if (dice.chance(0.2f)) plant.species = Species::shrub;
    plant.height = size * dice.between(0.6f, 1.2f);
    plant.foot.u = stage.canvas.aspect() * dice.between(0.0f, 1.0f);
    plant.foot.v =
        std::clamp(stage.view.horizon + dice.between(0.04f, 0.4f), 0.3f, 1.0f);
    draw_plant(stage, dice, foliage, plant);
  }
}

void draw_palms(const Stage& stage, Dice& dice) {
  const Foliage foliage = some_foliage(dice);
  const int count = 1 + dice.below(4);
  const float size = dice.between(0.4f, 1.0f);
  for (int i = 0; i < count; ++i) {
    Plant plant;
    plant.species = Species::palm;
    plant.height = size * dice.between(0.7f, 1.1f);
    plant.foot.u = stage.canvas.aspect() * dice.unit();
    plant.foot.v = dice.between(1.0f, 1.15f);
    draw_plant(stage, dice, foliage, plant);
  }
}

void draw_frame_of_leaves(const Stage& stage, Dice& dice) {
  const Foliage foliage = some_foliage(dice);
  const float aspect = stage.canvas.aspect();
  const float side = dice.chance(0.5f) ? 0.0f : aspect;
  if (dice.chance(0.4f)) {
    const Color wood =
        stage.light.on(foliage.trunk, {0.0f, 0.0f, -1.0f}) * 0.6f;
    const float r = dice.between(0.02f, 0.08f);
    draw_limb(stage.canvas, {{side, 1.1f}, {side, -0.1f}, r, r}, wood);
  }
  const int clusters = 2 + dice.below(5);
  for (int i = 0; i < clusters; ++i) {
    const float u = side + 0.25f * dice.bell();
    const float v = dice.between(-0.1f, 0.15f);
    const float r = dice.between(0.05f, 0.14f);
    Foliage dark = foliage;
    dark.leaf = foliage.leaf * 0.5f;
    draw_crown(stage, dark, {u - 1.4f * r, v - r, u + 1.4f * r, v + r},
               dice.seed(), 1.0f);
  }
}

void draw_trees(const Stage& stage, Dice& dice) {
  const float kind = dice.unit();
  if (kind < 0.36f) return draw_inside(stage, dice);
  if (kind < 0.52f) return draw_slope(stage, dice);
  if (kind < 0.82f) return draw_avenue(stage, dice);
  return draw_lone(stage, dice);
}

}  // namespace polytask::draw
