#include "polytask/worlds/drawing/plants.h"

#include <array>

#include "polytask/worlds/drawing/noise.h"
#include "polytask/worlds/drawing/shapes.h"

namespace polytask::draw {
namespace {

constexpr std::array<std::uint32_t, 15> kLeaves{
    0x4C7830, 0x386028, 0x5C8C38, 0x2C4C28, 0x78983C,  // summer
    0xC87824, 0xB04820, 0xD8A830, 0x985028,            // autumn
    0x8CB048, 0x9CA860, 0x6C7048, 0x3C5838,            // spring, dry
    0x506C58, 0x204030};
constexpr std::array<std::uint32_t, 5> kTrunks{0x5C4838, 0x3C3028, 0x8C8078,
                                               0x705844, 0xB8B0A8};

Color lit_leaf(const Stage& stage, Color leaf, float du, float dv,
               float rough) {
  return stage.light.on(leaf * (1.0f + 0.55f * rough),
                        unit({du + 0.5f * rough, 0.25f - dv, -0.6f}));
}

Color lit_wood(const Stage& stage, const Foliage& foliage, float distance) {
  const Color wood = stage.light.on(foliage.trunk, unit({0.2f, 0.3f, -0.9f}));
  return stage.light.through_air(wood, distance);
}

void draw_conifer(const Stage& stage, Dice& dice, const Foliage& foliage,
                  const Plant& plant) {
  const float wide = plant.height * dice.between(0.16f, 0.3f);
  const float tiers = dice.between(4.0f, 9.0f);
  const std::uint32_t seed = dice.seed();
  const float top = plant.foot.v - plant.height;
  draw_limb(stage.canvas,
            {plant.foot, {plant.foot.u, top}, wide * 0.12f, wide * 0.03f},
            lit_wood(stage, foliage, plant.distance));
  const Box box{plant.foot.u - 1.4f * wide, top - 0.01f,
                plant.foot.u + 1.4f * wide,
                plant.foot.v - 0.06f * plant.height};
  stage.canvas.paint(box, [&](float u, float v) -> Paint {
    const float t = (v - top) / plant.height;
    const float du = (u - plant.foot.u) / wide;
    const float rough = fractal(du * 3.0f, t * 14.0f, seed, 2, 0.7f);
    const float tier = t * tiers + 0.3f * noise(du * 2.0f, t * 3.0f, seed + 4);
    const float step = tier - static_cast<float>(floor_to_int(tier));
    const float half = t * (0.62f + 0.38f * step) + 0.12f * rough - 0.02f;
    const float cover = stage.canvas.cover((half - std::abs(du)) * wide);
    const float snow = foliage.snow * smooth(0.75f, 0.2f, step + 0.4f * rough);
    const Color leaf =
        mix(foliage.leaf * (0.45f + 0.7f * step), shown(0xF0F4F8), snow);
    const Color lit = lit_leaf(stage, leaf, du, 0.2f, rough);
    return {stage.light.through_air(lit, plant.distance),
            cover * foliage.dense};
  });
}

void draw_broadleaf(const Stage& stage, Dice& dice, const Foliage& foliage,
                    const Plant& plant) {
  const float h = plant.height;
  const float lean = h * dice.between(-0.08f, 0.08f);
  const float fork = h * dice.between(0.3f, 0.5f);
  const Color wood = lit_wood(stage, foliage, plant.distance);
  const Point crotch{plant.foot.u + lean, plant.foot.v - fork};
  draw_limb(stage.canvas, {plant.foot, crotch, 0.04f * h, 0.025f * h}, wood);
  const int clusters = 3 + dice.below(4);
  const float spread = h * dice.between(0.15f, 0.32f);
  for (int i = 0; i < clusters; ++i) {
    const float du = spread * dice.bell() * 0.7f;
    const float up = h * dice.between(0.45f, 0.82f);
    const float r = h * dice.between(0.14f, 0.26f);
    const Point c{plant.foot.u + lean + du, plant.foot.v - up};
    draw_limb(stage.canvas, {crotch, c, 0.02f * h, 0.006f * h}, wood);
    const Box box{c.u - 1.25f * r, c.v - r, c.u + 1.25f * r, c.v + r};
    draw_crown(stage, foliage, box, dice.seed(), plant.distance);
  }
}

void draw_poplar(const Stage& stage, Dice& dice, const Foliage& foliage,
                 const Plant& plant) {
  const float h = plant.height;
  const float r = h * dice.between(0.09f, 0.16f);
  const Point top{plant.foot.u, plant.foot.v - 0.6f * h};
  draw_limb(stage.canvas, {plant.foot, top, 0.02f * h, 0.01f * h},
            lit_wood(stage, foliage, plant.distance));
  const Box box{plant.foot.u - r, plant.foot.v - h, plant.foot.u + r,
                plant.foot.v - 0.08f * h};
  draw_crown(stage, foliage, box, dice.seed(), plant.distance);
}

// A branch and the branches it carries; angles in turns, 0 is upwards.
void draw_branch(Canvas& canvas, Dice& dice, Color wood, Point from,
                 float angle, float length, int depth) {
  const Point to{from.u + length * wave(angle),
                 from.v - length * wave(angle + 0.25f)};
  const float thick = length * (0.035f + 0.012f * static_cast<float>(depth));
  draw_limb(canvas, {from, to, thick, thick * 0.7f}, wood);
  if (depth == 0 || length < 1.5f * canvas.pixel()) return;
  const int children = 2 + (dice.chance(0.35f) ? 1 : 0);
  for (int i = 0; i < children; ++i) {
    const float side = i % 2 == 0 ? 1.0f : -1.0f;
    const float turn = angle + side * dice.between(0.02f, 0.12f);
    const float shorter = length * dice.between(0.58f, 0.82f);
    draw_branch(canvas, dice, wood, to, turn, shorter, depth - 1);
  }
}

void draw_palm(const Stage& stage, Dice& dice, const Foliage& foliage,
               const Plant& plant) {
  const float h = plant.height;
  const float lean = h * dice.between(-0.25f, 0.25f);
  const Color wood = lit_wood(stage, foliage, plant.distance);
  const Point knee{plant.foot.u + 0.3f * lean, plant.foot.v - 0.45f * h};
  const Point head{plant.foot.u + lean, plant.foot.v - 0.85f * h};
  draw_limb(stage.canvas, {plant.foot, knee, 0.03f * h, 0.022f * h}, wood);
  draw_limb(stage.canvas, {knee, head, 0.022f * h, 0.018f * h}, wood);
  const int fronds = 7 + dice.below(5);
  for (int i = 0; i < fronds; ++i) {
    const float turn = static_cast<float>(i) / static_cast<float>(fronds) +
                       dice.between(-0.05f, 0.05f);
    const float reach = h * dice.between(0.24f, 0.36f);
    const Point bend{
        head.u + 0.6f * reach * wave(turn),
        head.v - 0.35f * reach * wave(turn + 0.25f) - 0.1f * reach};
    const Point tip{head.u + reach * wave(turn),
                    head.v - 0.3f * reach * wave(turn + 0.25f) + 0.35f * reach};
    const Color leaf =
        lit_leaf(stage, foliage.leaf, 0.0f, 0.1f, dice.between(-0.5f, 0.5f));
    const Color c = stage.light.through_air(leaf, plant.distance);
    draw_limb(stage.canvas, {head, bend, 0.012f * h, 0.03f * h}, c);
    draw_limb(stage.canvas, {bend, tip, 0.03f * h, 0.004f * h}, c);
  }
}

void draw_acacia(const Stage& stage, Dice& dice, const Foliage& foliage,
                 const Plant& plant) {
  const float h = plant.height;
  const Color wood = lit_wood(stage, foliage, plant.distance);
  const Point fork{plant.foot.u, plant.foot.v - 0.45f * h};
  draw_limb(stage.canvas, {plant.foot, fork, 0.03f * h, 0.02f * h}, wood);
  for (int i = 0; i < 4; ++i) {
    const float du =
        h * (static_cast<float>(i) - 1.5f) * dice.between(0.15f, 0.3f);
    const float up = h * dice.between(0.75f, 0.92f);
    const Point c{plant.foot.u + du, plant.foot.v - up};
    draw_limb(stage.canvas, {fork, c, 0.015f * h, 0.006f * h}, wood);
    const Box box{c.u - 0.32f * h, c.v - 0.09f * h, c.u + 0.32f * h,
                  c.v + 0.08f * h};
    draw_crown(stage, foliage, box, dice.seed(), plant.distance);
  }
}

}  // namespace

Foliage some_foliage(Dice& dice) {
  Foliage foliage;
  // The greens of summer come first in the list, and most often.
  const auto all = static_cast<int>(kLeaves.size());
  const int which = dice.chance(0.55f) ? dice.below(5) : dice.below(all);
  foliage.leaf =
      dice.near(shown(kLeaves[static_cast<std::size_t>(which)]), 0.2f);
  foliage.trunk = dice.near(shown(dice.pick(kTrunks)), 0.15f);
  foliage.snow = dice.chance(0.09f) ? dice.between(0.4f, 1.0f) : 0.0f;
  foliage.dense = dice.between(0.7f, 1.0f);
  return foliage;
}

void draw_crown(const Stage& stage, const Foliage& foliage, const Box& box,
                std::uint32_t seed, float distance) {
  const float cu = 0.5f * (box.left + box.right);
  const float cv = 0.5f * (box.top + box.bottom);
  const float ru = 0.5f * (box.right - box.left);
  const float rv = 0.5f * (box.bottom - box.top);
  const Box wide{cu - 1.3f * ru, cv - 1.3f * rv, cu + 1.3f * ru,
                 cv + 1.3f * rv};
  const float leaf = 2.2f / std::min(ru, rv);
  stage.canvas.paint(wide, [&](float u, float v) -> Paint {
    const float du = (u - cu) / ru;
    const float dv = (v - cv) / rv;
    const float round = 1.0f - std::sqrt(du * du + dv * dv);
    if (round < -0.45f) return {{}, 0.0f};
    const float rough = fractal(u * leaf, v * leaf, seed, 3, 0.75f);
    const float inside = round + 0.55f * rough;
    const float cover = smooth(-0.02f, 0.18f, inside) * foliage.dense;
    const float snow = foliage.snow * smooth(0.1f, -0.7f, dv + 0.6f * rough);
    const Color own = mix(foliage.leaf, shown(0xF0F4F8), snow);
    const Color lit = lit_leaf(stage, own, 0.8f * du, 0.8f * dv, rough);
    return {stage.light.through_air(lit, distance), cover};
  });
}

void draw_plant(const Stage& stage, Dice& dice, const Foliage& foliage,
                const Plant& plant) {
  const float h = plant.height;
  switch (plant.species) {
    case Species::conifer:
      return draw_conifer(stage, dice, foliage, plant);
    case Species::broadleaf:
      return draw_broadleaf(stage, dice, foliage, plant);
    case Species::poplar:
      return draw_poplar(stage, dice, foliage, plant);
    case Species::palm:
      return draw_palm(stage, dice, foliage, plant);
    case Species::acacia:
      return draw_acacia(stage, dice, foliage, plant);
    case Species::bare: {
      const Color wood = lit_wood(stage, foliage, plant.distance);
      const float lean = dice.between(-0.03f, 0.03f);
      return draw_branch(stage.canvas, dice, wood, plant.foot, lean, 0.3f * h,
                         6);
    }
    case Species::shrub: {
      const Box box{plant.foot.u - 0.7f * h, plant.foot.v - h,
                    plant.foot.u + 0.7f * h, plant.foot.v};
      return draw_crown(stage, foliage, box, dice.seed(), plant.distance);
    }
  }
}

}  // namespace polytask::draw
