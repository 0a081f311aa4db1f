#include "polytask/worlds/streets/street_ground.h"

#include <array>

#include "polytask/worlds/drawing/noise.h"

namespace polytask::draw {
namespace {

constexpr std::array<std::uint32_t, 4> kAsphalt{0x62646A, 0x55585E, 0x75757A,
                                                0x6C6862};
constexpr std::array<std::uint32_t, 4> kSlabs{0xA8A49C, 0x96948F, 0xB4A898,
                                              0x9C8C80};
constexpr std::array<std::uint32_t, 5> kVerges{0x587A38, 0x6C8440, 0x4C6A34,
                                               0x8C8450, 0x8A8278};
constexpr std::array<std::uint32_t, 3> kLampLights{0xFFC880, 0xFFE0B8,
                                                   0xF0F0FF};

// One spot of the ground.
struct Spot {
  float x = 0.0f;
  float z = 0.0f;
  float pixels = 1.0f;  // a metre across
};

// How much of a pixel a line `wide` metres across, centred on `middle`, covers.
float line(const Spot& spot, float middle, float wide) {
  const float inside = 0.5f * wide - std::abs(spot.x - middle);
  return clamp01(inside * spot.pixels + 0.5f) *
         std::min(wide * spot.pixels, 1.0f);
}

// Painted for `share` of every `period` metres; far away, their mean.
float dashes(float z, float period, float share) {
  const float t = z / period;
  const float part = t - static_cast<float>(floor_to_int(t));
  const float on = part < share ? 1.0f : 0.0f;
  return mix(on, share, smooth(16.0f, 34.0f, z));
}

bool within(float z, float from, float depth) {
  return from > 0.0f && z >= from && z < from + depth;
}

float zebra(const Road& road, const Spot& spot) {
  if (!within(spot.z, road.zebra, kZebraDepth)) return 0.0f;
  const float t = spot.x * 1.1f;
  const float part = t - static_cast<float>(floor_to_int(t));
  const float bar =
      clamp01((0.25f - std::abs(part - 0.5f)) * spot.pixels + 0.5f);
  return std::abs(spot.x) < road.half - 0.2f ? bar : 0.0f;
}

float markings(const Road& road, const Spot& spot) {
  const bool junction = within(spot.z, road.junction, kJunctionDepth);
  float paint = zebra(road, spot);
  if (junction || within(spot.z, road.zebra - 1.2f, kZebraDepth + 2.0f)) {
    const float stop = road.junction > 0.0f ? road.zebra - 1.0f : -9.0f;
    const bool bar = spot.z > stop && spot.z < stop + 0.5f && spot.x > 0.2f &&
                     spot.x < road.half - 0.2f;
    return bar ? 1.0f : paint;
  }
  if (road.middle_line) {
    paint =
        std::max(paint, line(spot, 0.0f, 0.16f) * dashes(spot.z, 6.0f, 0.5f));
  }
  if (road.edge_lines) {
    const float x = road.lane;
    paint = std::max({paint, line(spot, x, 0.12f), line(spot, -x, 0.12f)});
  }
  return paint;
}

Color road_color(const StreetStage& street, const Spot& spot) {
  const Road& road = street.road();
  const float rough = noise(spot.x * 1.3f, spot.z * 0.5f, road.seed);
  Color color = road.asphalt * (1.0f + 0.14f * rough);
  const Color line_color = shown(road.yellow ? 0xE8C050 : 0xE4E4E0);
  color = mix(color, line_color, 0.85f * markings(road, spot));
  if (street.now().snow <= 0.0f) return color;
  const float lane = std::abs(std::abs(spot.x) - 0.5f * road.lane);
  const float track = smooth(0.42f, 0.12f, std::abs(lane - 0.75f));
  const float patchy =
      0.25f * noise(spot.x * 2.0f, spot.z * 0.8f, road.seed + 1);
  const float white =
      clamp01(street.now().snow * (0.95f + patchy) - 0.55f * track);
  return mix(color, shown(0xE8ECF2), white);
}

Color beside_color(const StreetStage& street, const Spot& spot) {
  const Road& road = street.road();
  const float out = std::abs(spot.x) - road.half;
  const float rough = noise(spot.x * 1.7f, spot.z * 1.1f, road.seed + 2);
  Color color = road.slabs;
  if (out < 0.22f) {
    color = shown(0xBCBAB4);
  } else if (out < road.pavement) {
    const float joint = dashes(spot.z, 1.5f, 0.9f);
    color = color * (0.9f + 0.06f * rough) * mix(0.72f, 1.0f, joint);
  } else {
    color = road.verge * (1.0f + 0.35f * rough);
  }
  const float white = clamp01(street.now().snow * (1.1f + 0.3f * rough));
  return mix(color, shown(0xF0F3F7), white);
}

// Wet ground sends back the sky, the more the flatter it is seen.
Color wetted(const StreetStage& street, Color dry, const Spot& spot,
             float below) {
  const float wet = street.now().wet;
  if (wet <= 0.0f) return dry;
  const float puddle = smooth(
      0.0f, 0.4f, noise(spot.x * 0.6f, spot.z * 0.25f, street.road().seed + 3));
  const float shine =
      wet * (0.14f + 0.3f * smooth(3.0f, 30.0f, spot.z) + 0.26f * puddle);
  const Color sky = street.stage().sky.gradient(below * 1.2f);
  return mix(dry * (1.0f - 0.35f * wet), sky, clamp01(shine));
}

void take_surfaces(Road& road, Dice& dice) {
  road.asphalt = dice.near(shown(dice.pick(kAsphalt)), 0.12f);
  road.slabs = dice.near(shown(dice.pick(kSlabs)), 0.1f);
  road.verge = dice.near(shown(dice.pick(kVerges)), 0.12f);
  road.lamp_light = shown(dice.pick(kLampLights));
  road.seed = dice.seed();
}

}  // namespace

Road some_road(Dice& dice) {
  Road road;
  constexpr std::array<Neighbourhood, 5> kWhere{
      Neighbourhood::town, Neighbourhood::town, Neighbourhood::suburb,
      Neighbourhood::suburb, Neighbourhood::park};
  road.neighbourhood = dice.pick(kWhere);
  road.lane = dice.between(3.0f, 3.4f);
  road.half = road.lane + (dice.chance(0.45f) ? 2.1f : 0.25f);
  road.pavement = dice.between(2.0f, 3.4f);
  road.setback = road.neighbourhood == Neighbourhood::town
                     ? dice.between(0.0f, 0.6f)
                     : dice.between(2.0f, 6.0f);
  road.camera = 0.5f * road.lane + dice.between(-0.3f, 0.3f);
  road.bend = dice.chance(0.45f) ? 0.0022f * dice.bell() : 0.0f;
  road.lamp_first = dice.between(6.0f, 20.0f);
  road.lamp_every = dice.between(18.0f, 30.0f);
  road.lamp_side = dice.chance(0.5f) ? 1.0f : -1.0f;
  road.middle_line = dice.chance(0.85f);
  road.edge_lines = dice.chance(0.3f);
  road.yellow = dice.chance(0.2f);
  take_surfaces(road, dice);
  return road;
}

void draw_street_ground(const StreetStage& street) {
  const View& view = street.view();
  const Road& road = street.road();
  Canvas& canvas = street.canvas();
  const float top = view.horizon - std::abs(view.tilt) * canvas.aspect();
  canvas.paint(
      {0.0f, top, canvas.aspect(), 1.0f}, [&](float u, float v) -> Paint {
        const float below = v - view.horizon_at(u);
        if (below <= 0.0f) return {{}, 0.0f};
        Spot spot;
        spot.z = std::min(view.depth_at(u, v), 400.0f);
        const float bend = std::min(spot.z, 70.0f);
        spot.x = view.across(u, spot.z) + road.camera - road.bend * bend * bend;
        spot.pixels = street.scale(spot.z) / canvas.pixel();
        const bool side_street = within(spot.z, road.junction, kJunctionDepth);
        const float kerb =
            side_street
                ? 1.0f
                : clamp01((road.half - std::abs(spot.x)) * spot.pixels + 0.5f);
        Color color;
        if (kerb > 0.0f)
          color = wetted(street, road_color(street, spot), spot, below);
        if (kerb < 1.0f) {
          const Color beside = beside_color(street, spot);
          color = mix(beside * (1.0f - 0.25f * street.now().wet), color, kerb);
        }
        const Color lit =
            street.lit(color, {0.0f, 1.0f, -0.2f}, {spot.x, 0.0f, spot.z});
        return {lit, 1.0f};
      });
}

}  // namespace polytask::draw
