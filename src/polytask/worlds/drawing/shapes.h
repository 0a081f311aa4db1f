// The few outlines from which small things are put together.

#pragma once

#include <span>

#include "polytask/worlds/drawing/canvas.h"

namespace polytask::draw {

struct Limb {
  Point from;
  Point to;
  float from_radius = 0.01f;
  float to_radius = 0.01f;
};

// How far (u, v) is inside the limb, a stroke with round ends; negative
// outside.
[[nodiscard]] float inside_limb(const Limb& limb, float u, float v);

[[nodiscard]] Box box_of(const Limb& limb);

void draw_limb(Canvas& canvas, const Limb& limb, Color color);

void draw_disc(Canvas& canvas, Point centre, float radius, Color color);

// A convex outline, corners in order (either way round).
void draw_polygon(Canvas& canvas, std::span<const Point> corners, Color color);

}  // namespace polytask::draw
