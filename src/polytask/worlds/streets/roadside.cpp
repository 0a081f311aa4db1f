#include "polytask/worlds/streets/roadside.h"

#include <array>

#include "polytask/worlds/drawing/plants.h"
#include "polytask/worlds/streets/signs.h"

namespace polytask::draw {
namespace {

void draw_lamp_post(const StreetStage& street, const Vector& foot) {
  const Figure figure(street, foot);
  const Color steel = figure.lit(shown(0x585C60));
  const float arm = foot.x > 0.0f ? -1.1f : 1.1f;
  figure.limb({0.0f, 0.0f}, {0.0f, 6.2f}, 0.09f, 0.06f, steel);
  figure.limb({0.0f, 6.2f}, {arm, 6.4f}, 0.05f, 0.05f, steel);
  figure.limb({arm - 0.25f, 6.38f}, {arm + 0.25f, 6.38f}, 0.1f, 0.1f, steel);
  const float lamps = street.now().lamps;
  if (lamps < 0.3f) return;
  const Color light = street.road().lamp_light;
  figure.limb({arm - 0.22f, 6.3f}, {arm + 0.22f, 6.3f}, 0.09f, 0.09f,
              street.glowing(light * (1.6f * lamps), foot.z));
  draw_glow(street, {foot.x + arm, 6.3f, foot.z}, 1.4f, light * (1.2f * lamps));
}

void draw_bin(const StreetStage& street, const Vector& foot, Dice& dice) {
  constexpr std::array<std::uint32_t, 5> kColors{0x2C3430, 0x2C5C3C, 0xC87828,
                                                 0x44484C, 0x3C5878};
  const Figure figure(street, foot);
  const Color color = dice.near(shown(dice.pick(kColors)), 0.1f);
  const float tall = dice.between(0.8f, 1.2f);
  const float half = dice.between(0.2f, 0.34f);
  draw_shade(street, foot, 2.0f * half, 0.5f, tall);
  figure.polygon(std::array<Point, 4>{{{-0.85f * half, 0.03f},
                                       {0.85f * half, 0.03f},
                                       {half, tall},
                                       {-half, tall}}},
                 figure.lit(color));
  figure.rectangle(-half - 0.03f, tall - 0.1f, half + 0.03f, tall + 0.04f,
                   figure.lit(color * 0.6f));
}

void draw_post_box(const StreetStage& street, const Vector& foot, Dice& dice) {
  constexpr std::array<std::uint32_t, 4> kColors{0xB82420, 0xD8B028, 0x284C90,
                                                 0x909498};
  const Figure figure(street, foot);
  const Color color = dice.near(shown(dice.pick(kColors)), 0.08f);
  const float tall = dice.between(1.3f, 1.7f);
  draw_shade(street, foot, 0.55f, 0.5f, tall);
  figure.rectangle(-0.24f, 0.0f, 0.24f, tall - 0.1f, figure.lit(color));
  figure.limb({0.0f, tall - 0.18f}, {0.0f, tall - 0.12f}, 0.25f, 0.22f,
              figure.lit(color * 1.15f));
  figure.rectangle(-0.15f, tall - 0.42f, 0.15f, tall - 0.34f,
                   figure.lit(shown(0x181818)));
  figure.rectangle(-0.16f, 0.5f, 0.16f, 0.8f, figure.lit(color * 0.75f));
}

void draw_container(const StreetStage& street, const Vector& foot, Dice& dice) {
  constexpr std::array<std::uint32_t, 4> kColors{0x3C6448, 0x4C6890, 0x88684C,
                                                 0x70747C};
  const Figure figure(street, foot);
  const Color color = dice.near(shown(dice.pick(kColors)), 0.1f);
  const float half = dice.between(0.6f, 0.95f);
  const float tall = dice.between(1.1f, 1.4f);
  draw_shade(street, {foot.x, 0.0f, foot.z + 0.4f}, 2.0f * half, 1.0f, tall);
  figure.rectangle(-half, 0.12f, half, tall, figure.lit(color));
  figure.rectangle(-half - 0.04f, tall - 0.22f, half + 0.04f, tall,
                   figure.lit(color * 0.65f));
  for (const float x : {-0.5f * half, 0.0f, 0.5f * half}) {
    figure.rectangle(x - 0.03f, 0.15f, x + 0.03f, tall - 0.25f,
                     figure.lit(color * 0.8f));
  }
}

void draw_bollard(const StreetStage& street, const Vector& foot, Dice& dice) {
  const Figure figure(street, foot);
  const bool striped = dice.chance(0.5f);
  const Color color = shown(striped ? 0xE4E4E0 : 0x606468);
  draw_shade(street, foot, 0.25f, 0.25f, 0.9f);
  figure.rectangle(-0.08f, 0.0f, 0.08f, 0.95f, figure.lit(color));
  if (!striped) return;
  for (const float up : {0.25f, 0.65f}) {
    figure.rectangle(-0.08f, up, 0.08f, up + 0.18f,
                     figure.lit(shown(0xB83028)));
  }
}

void draw_street_tree(const StreetStage& street, const Vector& foot,
                      Dice& dice) {
  constexpr std::array<Species, 6> kSpecies{
      Species::broadleaf, Species::broadleaf, Species::broadleaf,
      Species::conifer,   Species::poplar,    Species::bare};
  Foliage foliage = some_foliage(dice);
  foliage.snow = street.now().snow;
  Plant plant;
  plant.species = street.now().snow > 0.3f && dice.chance(0.5f)
                      ? Species::bare
                      : dice.pick(kSpecies);
  plant.foot = street.project(foot);
  const float tall = dice.between(4.0f, 9.0f);
  plant.height = tall * street.scale(foot.z);
  plant.distance = foot.z;
  // Plants know only sun and sky.
  Light light = street.now().light;
  light.ambient =
      light.ambient + street.lamplight({foot.x, 3.0f, foot.z}, 0.5f);
  draw_shade(street, foot, 0.3f * tall, 1.2f, tall);
  const Stage& stage = street.stage();
  draw_plant({stage.canvas, light, stage.view, stage.sky}, dice, foliage,
             plant);
}

}  // namespace

void draw_standing(const StreetStage& street, const Standing& thing) {
  Dice dice(thing.look, 0);
  switch (thing.kind) {
    case Fixture::stop_sign:
      return draw_stop_sign(street, thing.foot, dice);
    case Fixture::traffic_light:
      return draw_traffic_light(street, thing.foot, dice);
    case Fixture::round_sign:
      return draw_round_sign(street, thing.foot, dice);
    case Fixture::yield_sign:
      return draw_yield_sign(street, thing.foot, dice);
    case Fixture::lamp_post:
      return draw_lamp_post(street, thing.foot);
    case Fixture::bin:
      return draw_bin(street, thing.foot, dice);
    case Fixture::post_box:
      return draw_post_box(street, thing.foot, dice);
    case Fixture::container:
      return draw_container(street, thing.foot, dice);
    case Fixture::bollard:
      return draw_bollard(street, thing.foot, dice);
    case Fixture::tree:
      return draw_street_tree(street, thing.foot, dice);
  }
}

}  // namespace polytask::draw
