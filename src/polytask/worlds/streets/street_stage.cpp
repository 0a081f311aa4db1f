#include "polytask/worlds/streets/street_stage.h"

#include <array>

#include "polytask/worlds/drawing/shapes.h"

namespace polytask::draw {

Color StreetStage::lamplight(const Vector& place, float facing) const {
  Color sum;
  if (now_.lamps > 0.05f) {
    const float since = place.z - road_.lamp_first;
    const float nearest =
        road_.lamp_first +
        road_.lamp_every *
            static_cast<float>(
                std::max(floor_to_int(since / road_.lamp_every + 0.5f), 0));
    const float dz = place.z - nearest;
    const float dx = place.x - road_.lamp_side * (road_.half - 0.8f);
    const float pool = decay((dx * dx + dz * dz) / 45.0f);
    const float night = now_.hour == Hour::night ? 1.0f : 0.25f;
    sum = road_.lamp_light * (0.3f * now_.lamps * night * (0.25f + pool));
  }
  if (now_.beam > 0.0f) {
    const float dx = place.x - road_.camera - 0.04f * place.z;
    const float wide = 2.2f + 0.22f * place.z;
    const float far = place.z / 13.0f;
    const float reach = decay(dx * dx / (wide * wide)) / (1.0f + far * far);
    const float low = smooth(3.2f, 0.8f, place.y - 0.01f * place.z);
    sum = sum + Color{1.0f, 0.96f, 0.86f} *
                    (now_.beam * reach * facing * (0.25f + 0.75f * low));
  }
  return sum;
}

Color StreetStage::lit(Color albedo, const Vector& normal,
                       const Vector& place) const {
  const float facing = clamp01(0.3f - 0.7f * normal.z);
  const Color light =
      now_.light.on(albedo, normal) + albedo * lamplight(place, facing);
  return now_.light.through_air(light, place.z);
}

Color StreetStage::glowing(Color light, float z) const {
  return now_.light.through_air(light, z);
}

void draw_shade(const StreetStage& street, const Vector& foot, float wide,
                float deep, float tall) {
  Canvas& canvas = street.canvas();
  const auto spot = [&](const Vector& centre, float w, float d, float dark) {
    const Point middle = street.project(centre);
    const float ru = 0.5f * w * street.scale(centre.z);
    const Point near =
        street.project({centre.x, 0.0f, std::max(centre.z - 0.5f * d, 1.0f)});
    const float rv = std::max(near.v - middle.v, 0.8f * canvas.pixel());
    const Box box{middle.u - ru, middle.v - rv, middle.u + ru, middle.v + rv};
    const float air = decay(centre.z * street.now().light.thickness);
    canvas.paint(box, [&](float u, float v) -> Paint {
      const float du = (u - middle.u) / ru;
      const float dv = (v - middle.v) / rv;
      const float inside = 1.0f - du * du - dv * dv;
      return {{}, std::min(dark * air * smooth(0.0f, 0.5f, inside), 0.49f)};
    });
  };
  spot(foot, wide * 1.25f, deep * 1.1f, 0.45f);
  const float dark = street.now().shadows;
  if (dark <= 0.0f) return;
  const Vector sun = street.now().light.toward_sun;
  const float long_way = std::min(tall / std::max(sun.y, 0.25f), 2.5f * tall);
  const Vector tip{foot.x - sun.x * long_way * 0.5f, 0.0f,
                   std::max(foot.z - sun.z * long_way * 0.5f, 2.0f)};
  spot(tip, wide + std::abs(sun.x) * long_way,
       deep + std::abs(sun.z) * long_way, dark);
}

void draw_glow(const StreetStage& street, const Vector& place, float radius,
               Color color) {
  Canvas& canvas = street.canvas();
  const Point middle = street.project(place);
  const float r = std::max(radius * street.scale(place.z), canvas.pixel());
  const float air = decay(place.z * street.now().light.thickness);
  const auto add = [&](const Box& box, float ru, float rv, Point at,
                       float strength) {
    canvas.paint(box, [&](float u, float v) -> Paint {
      const float du = (u - at.u) / ru;
      const float dv = (v - at.v) / rv;
      const float square = du * du + dv * dv;
      const float inside =
          decay(4.5f * std::sqrt(square)) * smooth(1.0f, 0.5f, square);
      return {color, std::min(strength * inside, 0.49f)};
    });
  };
  const Box halo{middle.u - r, middle.v - r, middle.u + r, middle.v + r};
  add(halo, r, r, middle, air);
  if (street.now().wet < 0.1f) return;
  const Point foot = street.project({place.x, 0.0f, place.z});
  const float below = 2.0f * foot.v - middle.v;
  const float tall = std::max(4.0f * r, 0.06f);
  add({middle.u - 0.5f * r, below - tall, middle.u + 0.5f * r, below + tall},
      0.5f * r, tall, {middle.u, below}, 0.6f * air * street.now().wet);
}

void draw_panel(const StreetStage& street, std::span<const Vector> corners,
                Color color) {
  std::array<Point, 8> points;
  const std::size_t count = std::min(corners.size(), points.size());
  for (std::size_t i = 0; i < count; ++i) {
    points[i] = street.project(corners[i]);
  }
  draw_polygon(street.canvas(), std::span(points).first(count), color);
}

void Figure::limb(Point from, Point to, float from_radius, float to_radius,
                  Color color) const {
  draw_limb(street_.canvas(),
            {at(from.u, from.v), at(to.u, to.v), from_radius * scale_,
             to_radius * scale_},
            color);
}

void Figure::disc(float right, float up, float radius, Color color) const {
  draw_disc(street_.canvas(), at(right, up), radius * scale_, color);
}

void Figure::rectangle(float left, float bottom, float right, float top,
                       Color color) const {
  const Point low = at(left, bottom);
  const Point high = at(right, top);
  Canvas& canvas = street_.canvas();
  const float edge = canvas.pixel();
  canvas.paint(
      {low.u - edge, high.v - edge, high.u + edge, low.v + edge},
      [&](float u, float v) -> Paint {
        const float across = canvas.cover(std::min(u - low.u, high.u - u));
        const float along = canvas.cover(std::min(v - high.v, low.v - v));
        return {color, across * along};
      });
}

void Figure::polygon(std::span<const Point> corners, Color color) const {
  std::array<Point, 8> points;
  const std::size_t count = std::min(corners.size(), points.size());
  for (std::size_t i = 0; i < count; ++i) {
    points[i] = at(corners[i].u, corners[i].v);
  }
  draw_polygon(street_.canvas(), std::span(points).first(count), color);
}

}  // namespace polytask::draw
