#include "polytask/worlds/streets/signs.h"

#include <array>

namespace polytask::draw {
namespace {

constexpr std::uint32_t kSignRed = 0xC01C20;
constexpr std::uint32_t kSignWhite = 0xF0F0EC;

// Signs throw headlights back where they came from.
Color reflected(const StreetStage& street, Color albedo, const Vector& foot) {
  const Color beam = street.lamplight({foot.x, 1.0f, foot.z}, 1.0f);
  return street.lit(albedo, {0.0f, 0.1f, -1.0f}, foot) +
         street.glowing(albedo * beam, foot.z) *
             decay(foot.z * street.now().light.thickness);
}

void draw_pole(const StreetStage& street, const Vector& foot, float tall) {
  const Figure figure(street, foot);
  draw_shade(street, foot, 0.2f, 0.2f, tall);
  figure.limb({0.0f, 0.0f}, {0.0f, tall}, 0.045f, 0.045f,
              figure.lit(shown(0x8C9094)));
}

void draw_octagon(const Figure& figure, float up, float radius, Color color) {
  std::array<Point, 8> corners;
  for (std::size_t i = 0; i < corners.size(); ++i) {
    const float turn = (static_cast<float>(i) + 0.5f) / 8.0f;
    corners[i] = {radius * wave(turn + 0.25f), up + radius * wave(turn)};
  }
  figure.polygon(corners, color);
}

// Four letters as upright strokes: what is left of them at this size.
void draw_word(const Figure& figure, float up, float radius, Color white) {
  for (const float x : {-0.5f, -0.19f, 0.12f, 0.43f}) {
    figure.rectangle((x - 0.02f) * radius, up - 0.25f * radius,
                     (x + 0.16f) * radius, up + 0.25f * radius, white);
  }
}

struct Lens {
  Color color;
  float up = 0.0f;
};

void draw_lamps(const StreetStage& street, const Vector& foot, float right,
                float up, Dice& dice) {
  const Figure figure(street, foot);
  const float half = 0.24f;
  const bool bright = dice.chance(0.3f);
  figure.rectangle(right - half - 0.05f, up - 0.67f, right + half + 0.05f,
                   up + 0.67f, figure.lit(shown(bright ? 0xC8A030 : 0x303438)));
  figure.rectangle(right - half, up - 0.62f, right + half, up + 0.62f,
                   figure.lit(shown(0x16181A)));
  const std::array<Lens, 3> lenses{{{{1.5f, 0.06f, 0.04f}, 0.4f},
                                    {{1.5f, 0.75f, 0.06f}, 0.0f},
                                    {{0.1f, 1.3f, 0.45f}, -0.4f}}};
  const float way = dice.unit();
  const std::size_t on = way < 0.45f ? 0 : way < 0.58f ? 1 : 2;
  for (std::size_t i = 0; i < lenses.size(); ++i) {
    const Lens& lens = lenses[i];
    const Color color = i == on ? street.glowing(lens.color, foot.z)
                                : figure.lit(lens.color * 0.06f);
    figure.disc(right, up + lens.up, 0.17f, color);
    if (i == on) {
      draw_glow(street, {foot.x + right, up + lens.up, foot.z},
                0.45f + 0.5f * street.now().lamps, lens.color);
    }
  }
}

}  // namespace

void draw_stop_sign(const StreetStage& street, const Vector& foot, Dice& dice) {
  const float up = dice.between(1.9f, 2.4f);
  const float radius = dice.between(0.5f, 0.58f);
  draw_pole(street, foot, up);
  const Figure figure(street, foot);
  const Color red = reflected(street, dice.near(shown(kSignRed), 0.08f), foot);
  const Color white = reflected(street, shown(kSignWhite), foot);
  draw_octagon(figure, up, radius, white);
  draw_octagon(figure, up, 0.88f * radius, red);
  draw_word(figure, up, radius, white);
}

void draw_traffic_light(const StreetStage& street, const Vector& foot,
                        Dice& dice) {
  const Figure figure(street, foot);
  const Color steel = figure.lit(shown(0x505458));
  const float highest = 0.6f + 0.25f * foot.z;  // that is in frame
  const bool arm = foot.z > 8.5f && dice.chance(0.4f);
  draw_shade(street, foot, 0.25f, 0.25f, 3.0f);
  if (!arm) {
    const float up = std::min(dice.between(2.2f, 3.1f), highest);
    figure.limb({0.0f, 0.0f}, {0.0f, up}, 0.07f, 0.07f, steel);
    return draw_lamps(street, foot, 0.0f, up, dice);
  }
  const float reach = (foot.x > 0.0f ? -1.0f : 1.0f) * dice.between(1.8f, 3.0f);
  const float up = std::min(4.4f, highest);
  figure.limb({0.0f, 0.0f}, {0.0f, up + 0.5f}, 0.1f, 0.08f, steel);
  figure.limb({0.0f, up + 0.45f}, {reach, up + 0.55f}, 0.06f, 0.05f, steel);
  draw_lamps(street, foot, reach, up, dice);
}

void draw_round_sign(const StreetStage& street, const Vector& foot,
                     Dice& dice) {
  const float up = dice.between(1.9f, 2.5f);
  const float radius = dice.between(0.32f, 0.42f);
  draw_pole(street, foot, up);
  const Figure figure(street, foot);
  const Color red = reflected(street, dice.near(shown(kSignRed), 0.08f), foot);
  const Color white = reflected(street, shown(kSignWhite), foot);
  const int kind = dice.below(6);
  if (kind < 2) {  // no entry
    figure.disc(0.0f, up, radius, red);
    return figure.rectangle(-0.7f * radius, up - 0.18f * radius, 0.7f * radius,
                            up + 0.18f * radius, white);
  }
  if (kind < 4) {  // a limit
    figure.disc(0.0f, up, radius, red);
    figure.disc(0.0f, up, 0.72f * radius, white);
    return figure.rectangle(-0.4f * radius, up - 0.28f * radius, 0.4f * radius,
                            up + 0.28f * radius, white * 0.25f);
  }
  figure.disc(0.0f, up, radius, reflected(street, shown(0x2850A0), foot));
  figure.rectangle(-0.12f * radius, up - 0.6f * radius, 0.12f * radius,
                   up + 0.6f * radius, white);
}

void draw_yield_sign(const StreetStage& street, const Vector& foot,
                     Dice& dice) {
  const float up = dice.between(1.9f, 2.4f);
  draw_pole(street, foot, up);
  const Figure figure(street, foot);
  const auto triangle = [&](float size, Color color) {
    figure.polygon(std::array<Point, 3>{{{-size, up + 0.58f * size},
                                         {size, up + 0.58f * size},
                                         {0.0f, up - 1.15f * size}}},
                   color);
  };
  triangle(0.5f, reflected(street, shown(kSignRed), foot));
  triangle(0.27f, reflected(street, shown(kSignWhite), foot));
}

}  // namespace polytask::draw
