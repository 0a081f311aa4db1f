#include "polytask/worlds/streets/houses.h"

#include <array>

#include "polytask/worlds/drawing/noise.h"
#include "polytask/worlds/drawing/shapes.h"

namespace polytask::draw {
namespace {

constexpr std::array<std::uint32_t, 11> kWalls{
    0xC8B898, 0xA8604C, 0xD8CCB4, 0x8C8C90, 0xB89878, 0xE0DCD4,
    0x7C5848, 0xA8B0A4, 0xC89C70, 0x94A0B0, 0xD0A890};
constexpr std::array<std::uint32_t, 4> kRoofs{0x8C4434, 0x584C48, 0x6C3C30,
                                              0x484C54};
constexpr std::array<std::uint32_t, 5> kAwnings{0xB03030, 0x2C6444, 0x304878,
                                                0xD8D0C0, 0xC88830};

struct Facade {
  Color wall;
  Color roof;
  Color trim;
  Color shop;
  bool gable = false;
  bool shops = false;
  float bay = 2.6f;    // a window's share of the wall, metres
  float floor = 2.9f;  // height of one
  float lit_windows = 0.4f;
  std::uint32_t seed = 0;
};

Facade some_facade(const StreetStage& street, Dice& dice) {
  Facade facade;
  facade.wall = dice.near(shown(dice.pick(kWalls)), 0.1f);
  facade.roof = dice.near(shown(dice.pick(kRoofs)), 0.12f);
  facade.trim = facade.wall * dice.between(0.75f, 1.25f);
  facade.shop = dice.near(shown(dice.pick(kAwnings)), 0.12f);
  const bool town = street.road().neighbourhood == Neighbourhood::town;
  facade.gable = dice.chance(town ? 0.35f : 0.85f);
  facade.shops = town && dice.chance(0.5f);
  facade.bay = dice.between(2.0f, 3.2f);
  facade.floor = dice.between(2.7f, 3.3f);
  facade.lit_windows = dice.between(0.15f, 0.55f);
  facade.seed = dice.seed();
  return facade;
}

// What one sees of a wall at `along` metres from its near edge and `up` metres
// from the ground.
struct Wall {
  Color color;
  Color glow;
};

float hashed(float a, float b, std::uint32_t seed) {
  return cells(a + 0.5f, b + 0.5f, seed).value;
}

Wall shop_at(const StreetStage& street, const Facade& facade, float along,
             float up) {
  if (up > 2.4f) return {facade.shop, {}};
  const float part = along / 3.4f;
  const float t = part - static_cast<float>(floor_to_int(part));
  if (up < 0.4f || t < 0.08f) return {facade.trim, {}};
  return {shown(0x40484E), shown(0xFFE0A8) * (0.55f * street.now().lamps)};
}

Wall wall_at(const StreetStage& street, const Facade& facade, float along,
             float up, float pixels) {
  if (facade.shops && up < 3.0f) return shop_at(street, facade, along, up);
  const float column = along / facade.bay;
  const float row = up / facade.floor;
  const int i = floor_to_int(column);
  const int j = floor_to_int(row);
  const float across = std::abs(column - static_cast<float>(i) - 0.5f);
  const float over = std::abs(row - static_cast<float>(j) - 0.52f);
  const float edge = 0.6f / std::max(pixels * facade.bay, 1.0f);
  const float window = smooth(0.25f + edge, 0.25f - edge, across) *
                       smooth(0.28f + edge, 0.28f - edge, over);
  const float frame = smooth(0.32f + edge, 0.32f - edge, across) *
                      smooth(0.35f + edge, 0.35f - edge, over);
  const float own =
      hashed(static_cast<float>(i), static_cast<float>(j), facade.seed);
  const Color glass = mix(shown(0x283440), street.now().light.horizon * 0.5f,
                          0.2f + 0.5f * own);
  const Color warm = mix(shown(0xFFC870), shown(0xFFF0D0), own);
  const bool on =
      own < facade.lit_windows * std::min(1.0f, 2.0f * street.now().lamps);
  Wall wall;
  wall.color = mix(mix(facade.wall, facade.trim, frame), glass, window);
  if (on) wall.glow = warm * (0.75f * window * street.now().lamps);
  return wall;
}

// The wall along the road, seen at a slant.
void draw_long_wall(const StreetStage& street, const House& house,
                    const Facade& facade) {
  const View& view = street.view();
  const float x = house.side * house.x;
  const float middle = house.near + 0.5f * house.length;
  const float bend = street.road().bend * middle * middle;
  const float across = x - street.road().camera + bend;
  if (across * house.side < 0.8f) return;
  const float near_u = view.centre + view.focal * across / house.near;
  const float far_u =
      view.centre + view.focal * across / (house.near + house.length);
  const Box box{std::min(near_u, far_u), -0.1f, std::max(near_u, far_u), 1.0f};
  street.canvas().paint(box, [&](float u, float v) -> Paint {
    const float z = view.focal * across / (u - view.centre);
    const float up = view.eye - (v - view.horizon_at(u)) * z / view.focal;
    const float pixels = street.scale(z) / street.canvas().pixel();
    const float inside = std::min(up, house.height - up) * pixels + 0.5f;
    if (inside <= 0.0f || z < house.near) return {{}, 0.0f};
    const Wall wall =
        wall_at(street, facade, z - house.near, up, pixels * 0.5f);
    const Color lit =
        street.lit(wall.color, {-house.side, 0.1f, -0.2f}, {x, up, z});
    return {lit + street.glowing(wall.glow, z) *
                      decay(z * street.now().light.thickness),
            clamp01(inside)};
  });
}

// The wall that faces the camera.
void draw_front_wall(const StreetStage& street, const House& house,
                     const Facade& facade) {
  const float x = house.side * house.x;
  const Point foot = street.project({x, 0.0f, house.near});
  const Point out =
      street.project({x + house.side * house.width, 0.0f, house.near});
  const float scale = street.scale(house.near);
  const Box box{std::min(foot.u, out.u), foot.v - house.height * scale,
                std::max(foot.u, out.u), std::max(foot.v, out.v)};
  const float pixels = scale / street.canvas().pixel();
  street.canvas().paint(box, [&](float u, float v) -> Paint {
    const float along = std::abs(u - foot.u) / scale;
    const float up = (foot.v - v) / scale;
    const Wall wall = wall_at(street, facade, along, up, pixels);
    const Color lit =
        street.lit(wall.color, {0.0f, 0.1f, -1.0f}, {x, up, house.near});
    return {lit + street.glowing(wall.glow, house.near) *
                      decay(house.near * street.now().light.thickness),
            1.0f};
  });
}

void draw_roof(const StreetStage& street, const House& house,
               const Facade& facade) {
  const float x = house.side * house.x;
  const float ridge = x + house.side * 0.5f * house.width;
  const float far = house.near + house.length;
  const float top = house.height + 0.35f * house.width;
  const float eaves = house.side * (house.x - 0.3f);
  const Vector end_wall{ridge, house.height, house.near};
  const std::array<Vector, 3> gable{
      {{x, house.height, house.near},
       {x + house.side * house.width, house.height, house.near},
       {ridge, top, house.near}}};
  draw_panel(street, gable, street.lit(facade.wall, {0, 0.1f, -1}, end_wall));
  const Color tiles = mix(facade.roof, shown(0xF0F3F7), street.now().snow);
  const std::array<Vector, 4> slope{
      {{eaves, house.height - 0.1f, house.near - 0.3f},
       {eaves, house.height - 0.1f, far},
       {ridge, top, far},
       {ridge, top, house.near - 0.3f}}};
  draw_panel(
      street, slope,
      street.lit(tiles, unit({-0.6f * house.side, 0.8f, -0.1f}), end_wall));
}

}  // namespace

void draw_house(const StreetStage& street, const House& house) {
  Dice dice(house.look, 0);
  const Facade facade = some_facade(street, dice);
  draw_front_wall(street, house, facade);
  if (facade.gable) draw_roof(street, house, facade);
  draw_long_wall(street, house, facade);
}

void draw_skyline(const StreetStage& street, Dice& dice) {
  const std::uint32_t seed = dice.seed();
  const float tall = dice.between(0.015f, 0.07f);
  const float blocks = dice.between(6.0f, 18.0f);
  const bool roofs = street.road().neighbourhood == Neighbourhood::town;
  const Color far = street.lit(shown(roofs ? 0x6C6C70 : 0x50603C),
                               {0.0f, 0.2f, -1.0f}, {0.0f, 3.0f, 70.0f});
  const View& view = street.view();
  Canvas& canvas = street.canvas();
  canvas.paint(canvas.whole(), [&](float u, float v) -> Paint {
    const float up = view.horizon_at(u) - v;
    if (up < -0.02f || up > 2.0f * tall) return {{}, 0.0f};
    const float at = roofs ? static_cast<float>(floor_to_int(u * blocks)) + 0.5f
                           : u * blocks * 1.5f;
    const float height =
        tall * (1.0f + (roofs ? 1.6f : 0.9f) * noise(at * 0.73f, 0.37f, seed));
    return {far, canvas.cover(height - up)};
  });
}

}  // namespace polytask::draw
