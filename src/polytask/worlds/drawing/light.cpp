#include "polytask/worlds/drawing/light.h"

#include <array>

namespace polytask::draw {
namespace {

struct SkyColors {
  std::uint32_t zenith;
  std::uint32_t middle;
  std::uint32_t horizon;
};

constexpr std::array<SkyColors, 10> kDaySkies{{
    {0x12409C, 0x3F7ED0, 0xA9CDEB},  // polarised blue
    {0x2A66BC, 0x6BA2DE, 0xC9DFEF},
    {0x5B93D0, 0x94BDE4, 0xDDE9F0},
    {0x0C2E86, 0x2459B8, 0x6FA6DE},  // mountain air
    {0x3B86B4, 0x7FBBD0, 0xD8ECE4},  // turquoise
    {0x4A4FA8, 0x8585CC, 0xD6CCE8},  // violet film
    {0x7FA3C4, 0xB4C8D8, 0xE8E6DE},  // milky
    {0x1E5FA8, 0x5C9CCB, 0xE8D9B8},  // dust at the horizon
    {0x16327A, 0x4668AE, 0xB9B6CC},
    {0x8FA6B8, 0xC3CDD2, 0xF0EEE8},
}};

constexpr std::array<SkyColors, 4> kGreySkies{{
    {0x8A929B, 0xAEB4B9, 0xD2D5D6},
    {0x5E6872, 0x8C969E, 0xB9BFC2},
    {0xA9AFB8, 0xC9CDD2, 0xE6E7E8},
    {0x4E5868, 0x7A8494, 0xB0B4B8},
}};

constexpr std::array<SkyColors, 4> kWarmSkies{{
    {0x4A78B8, 0xA8B4C4, 0xF2D6A0},
    {0x6C86B4, 0xC9B8AC, 0xF4C88C},
    {0x3C5C9C, 0x8C98B4, 0xE8C4A8},
    {0x88A0B8, 0xD8C8A8, 0xF8E0B0},
}};

constexpr std::array<SkyColors, 2> kDuskSkies{{
    {0x101C48, 0x283C78, 0x6878A8},
    {0x1C2038, 0x384468, 0x8088A0},
}};

struct SunsetColors {
  SkyColors sky;
  std::uint32_t sun;
  std::uint32_t cloud_lit;
  std::uint32_t cloud_dark;
  std::uint32_t ambient;
};

constexpr std::array<SunsetColors, 12> kSunsets{{
    {{0x32406E, 0xC8703C, 0xFFC058}, 0xFFE8A0, 0xFF9048, 0x5A3848, 0x281C24},
    {{0x842410, 0xD85414, 0xFFA428}, 0xFFE070, 0xFF7818, 0x601808, 0x200C06},
    {{0x604878, 0xD088A0, 0xFFC8B0}, 0xFFF0D8, 0xFFB0A8, 0x785C84, 0x302838},
    {{0x1C1C44, 0x643C78, 0xE87878}, 0xFFC890, 0xE06880, 0x28204C, 0x181424},
    {{0xB86C20, 0xF0A030, 0xFFDC78}, 0xFFF8C8, 0xFFC860, 0x905018, 0x30200C},
    {{0x300808, 0x801408, 0xE04010}, 0xFFC040, 0xC03010, 0x280404, 0x100404},
    {{0x4C6C9C, 0xA8A4B4, 0xF8C888}, 0xFFF0C0, 0xFFC088, 0x6C7090, 0x282830},
    {{0x24304C, 0x60586C, 0xD89860}, 0xFFD080, 0xC88050, 0x2C2C3C, 0x181820},
    {{0xC84C38, 0xF08458, 0xFFC490}, 0xFFF4D0, 0xFFA070, 0xA04038, 0x301414},
    {{0x181020, 0x4C2038, 0xB04828}, 0xFF9040, 0x904030, 0x180C18, 0x0C080C},
    {{0x7C7888, 0xB8A090, 0xE8CCA0}, 0xFFF0D0, 0xE0B890, 0x706870, 0x2C2828},
    {{0x203C78, 0x7078A0, 0xFFB060}, 0xFFE090, 0xFFA860, 0x404868, 0x1C2030},
}};

void take_sky(Light& light, const SkyColors& colors, Dice& dice) {
  light.zenith = dice.near(shown(colors.zenith), 0.18f);
  light.middle = dice.near(shown(colors.middle), 0.14f);
  light.horizon = dice.near(shown(colors.horizon), 0.1f);
}

Clouds some_clouds(Dice& dice) {
  constexpr std::array<Clouds, 8> kUsual{
      Clouds::none,  Clouds::none,  Clouds::heaps,  Clouds::heaps,
      Clouds::heaps, Clouds::veils, Clouds::layers, Clouds::overcast};
  return dice.pick(kUsual);
}

// The sun behind the camera or beside it, `height` above the ground.
void place_day_sun(Light& light, Dice& dice, float height, float aspect) {
  const float x = dice.between(-1.0f, 1.0f);
  const float z = dice.between(-0.9f, 0.45f);
  light.toward_sun = unit({x, height, z});
  light.sun = {aspect * (0.5f + x), -0.4f - dice.unit()};
}

void clear_day(Light& light, Dice& dice) {
  take_sky(light, dice.pick(kDaySkies), dice);
  const float strong = dice.between(1.1f, 2.0f);
  light.sunlight = dice.near(shown(0xFFF2DC) * strong, 0.1f);
  light.ambient = mix(light.zenith, light.horizon, 0.5f) * 0.3f +
                  Color{0.05f, 0.05f, 0.05f};
  light.thickness = dice.between(0.0003f, 0.005f);
  light.clouds = some_clouds(dice);
}

void grey_day(Light& light, Dice& dice) {
  take_sky(light, dice.pick(kGreySkies), dice);
  light.sunlight = Color{0.2f, 0.2f, 0.2f} * dice.between(0.2f, 1.5f);
  light.ambient = light.horizon * dice.between(0.45f, 0.9f);
  light.thickness = dice.between(0.002f, 0.012f);
  light.clouds = dice.chance(0.6f) ? Clouds::overcast : Clouds::layers;
}

void fog_day(Light& light, Dice& dice) {
  grey_day(light, dice);
  light.zenith = mix(light.zenith, light.horizon, 0.8f);
  light.middle = light.horizon;
  light.thickness = dice.between(0.01f, 0.04f);
  light.clouds = Clouds::none;
}

// Now and then as red as a sunset that no one called one.
void warm_day(Light& light, Dice& dice) {
  const bool red = dice.chance(0.4f);
  take_sky(light, red ? dice.pick(kSunsets).sky : dice.pick(kWarmSkies), dice);
  light.sunlight = dice.near(shown(0xFFD08C) * 1.6f, 0.15f);
  light.ambient = light.zenith * 0.45f + Color{0.06f, 0.05f, 0.05f};
  light.thickness = dice.between(0.001f, 0.008f);
  light.clouds = some_clouds(dice);
}

void dusk_day(Light& light, Dice& dice) {
  take_sky(light, dice.pick(kDuskSkies), dice);
  light.sunlight = shown(0x506090) * dice.between(0.2f, 0.9f);
  light.ambient = light.horizon * 0.5f;
  light.thickness = dice.between(0.001f, 0.008f);
  light.clouds = some_clouds(dice);
}

}  // namespace

Light day_light(Dice& dice, const View& /*view*/, float aspect) {
  Light light;
  const float kind = dice.unit();
  if (kind < 0.59f) {
    clear_day(light, dice);
  } else if (kind < 0.71f) {
    grey_day(light, dice);
  } else if (kind < 0.75f) {
    fog_day(light, dice);
  } else if (kind < 0.95f) {
    warm_day(light, dice);
  } else {
    dusk_day(light, dice);
  }
  const bool low = kind >= 0.75f;
  place_day_sun(light, dice, low ? 0.35f : dice.between(0.3f, 1.2f), aspect);
  light.haze = mix(light.horizon, light.middle, dice.between(0.1f, 0.6f));
  light.cloud_lit = mix(light.sunlight * 0.8f, light.horizon, 0.4f);
  light.cloud_dark = mix(light.middle, light.ambient, 0.5f);
  light.cloud_cover = dice.between(0.3f, 0.75f);
  if (dice.chance(0.15f)) light.glow = dice.between(0.1f, 0.5f);
  return light;
}

Light sunset_light(Dice& dice, const View& view, float aspect) {
  Light light;
  const SunsetColors colors = dice.pick(kSunsets);
  // Some evenings are pale.
  const bool pale = dice.chance(0.3f);
  take_sky(light, pale ? dice.pick(kWarmSkies) : colors.sky, dice);
  light.sun_shows = dice.chance(pale ? 0.4f : 0.62f);
  light.sun.u = aspect * dice.between(0.05f, 0.95f);
  const float under = light.sun_shows ? 0.02f : 0.08f;
  light.sun.v = view.horizon_at(light.sun.u) + under -
                dice.between(0.0f, light.sun_shows ? 0.28f : 0.1f);
  light.sun_radius = dice.between(0.015f, 0.045f) * view.focal;
  light.glow = dice.between(0.15f, 1.0f);
  const float x = (light.sun.u - view.centre) / view.focal;
  light.toward_sun = unit({x, dice.between(0.05f, 0.2f), 1.0f});
  const float strength = dice.between(0.5f, 1.0f);
  light.sunlight = dice.near(shown(colors.sun), 0.1f) * strength;
  // From bare silhouettes to land that still shows its colours.
  const float dim = dice.between(0.8f, 4.0f);
  light.ambient = dice.near(shown(colors.ambient), 0.2f) * dim;
  light.haze = mix(light.horizon, light.middle, dice.between(0.1f, 0.7f));
  light.thickness = dice.between(0.002f, 0.015f);
  constexpr std::array<Clouds, 6> kUsual{Clouds::none,  Clouds::veils,
                                         Clouds::veils, Clouds::layers,
                                         Clouds::heaps, Clouds::layers};
  light.clouds = dice.pick(kUsual);
  light.cloud_cover = dice.between(0.3f, 0.75f);
  light.cloud_lit = dice.near(shown(colors.cloud_lit), 0.12f);
  light.cloud_dark = dice.near(shown(colors.cloud_dark), 0.2f);
  return light;
}

}  // namespace polytask::draw
