#include "polytask/worlds/drawing/shapes.h"

#include <algorithm>
#include <cmath>

namespace polytask::draw {

float inside_limb(const Limb& limb, float u, float v) {
  const float du = limb.to.u - limb.from.u;
  const float dv = limb.to.v - limb.from.v;
  const float pu = u - limb.from.u;
  const float pv = v - limb.from.v;
  const float t = clamp01((pu * du + pv * dv) / (du * du + dv * dv + 1e-12f));
  const float eu = pu - t * du;
  const float ev = pv - t * dv;
  return mix(limb.from_radius, limb.to_radius, t) -
         std::sqrt(eu * eu + ev * ev);
}

Box box_of(const Limb& limb) {
  const float r = std::max(limb.from_radius, limb.to_radius) + 0.01f;
  const auto [left, right] = std::minmax(limb.from.u, limb.to.u);
  const auto [top, bottom] = std::minmax(limb.from.v, limb.to.v);
  return {left - r, top - r, right + r, bottom + r};
}

void draw_limb(Canvas& canvas, const Limb& limb, Color color) {
  // Thinner than a pixel is fainter, not thinner.
  const float widest = std::max(limb.from_radius, limb.to_radius);
  const float faint = clamp01(2.0f * widest / canvas.pixel());
  canvas.paint(box_of(limb), [&](float u, float v) -> Paint {
    return {color, faint * canvas.cover(inside_limb(limb, u, v))};
  });
}

void draw_disc(Canvas& canvas, Point centre, float radius, Color color) {
  draw_limb(canvas, {centre, centre, radius, radius}, color);
}

void draw_polygon(Canvas& canvas, std::span<const Point> corners, Color color) {
  Box box{corners[0].u, corners[0].v, corners[0].u, corners[0].v};
  float area = 0.0f;
  for (std::size_t i = 0; i < corners.size(); ++i) {
    const Point& a = corners[i];
    const Point& b = corners[(i + 1) % corners.size()];
    box = {std::min(box.left, a.u), std::min(box.top, a.v),
           std::max(box.right, a.u), std::max(box.bottom, a.v)};
    area += a.u * b.v - b.u * a.v;
  }
  const float side = area > 0.0f ? 1.0f : -1.0f;
  canvas.paint(box, [&](float u, float v) -> Paint {
    float inside = 1.0f;
    for (std::size_t i = 0; i < corners.size(); ++i) {
      const Point& a = corners[i];
      const Point& b = corners[(i + 1) % corners.size()];
      const float du = b.u - a.u;
      const float dv = b.v - a.v;
      const float cross = du * (v - a.v) - dv * (u - a.u);
      inside = std::min(inside,
                        side * cross / std::sqrt(du * du + dv * dv + 1e-12f));
    }
    return {color, canvas.cover(inside)};
  });
}

}  // namespace polytask::draw
