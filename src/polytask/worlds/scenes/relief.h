// Land seen from the ground: a height field, drawn column by column.
//
// Each column of pixels is one walk away from the camera in steps that grow
// with the distance; whatever rises above all that came before is visible.
// Every visible pixel is shaded once, at the place its centre looks at.

#pragma once

#include <vector>

#include "polytask/worlds/drawing/stage.h"

namespace polytask::draw {

struct ReliefRange {
  float near = 1.0f;
  float far = 100.0f;
  int steps = 120;
};

struct ReliefPoint {
  float x = 0.0f;
  float y = 0.0f;
  float z = 0.0f;
  float footprint = 0.0f;  // what one pixel covers there, across
  Vector normal;           // unit
};

namespace relief {

// One column's rows, bottom to top: where each first meets the land.
struct Column {
  std::vector<float> depth;  // by row; 0 above the land
  std::vector<float> cover;  // by row
};

// Rows between the last crest and `v` become visible on the way z0 -> z1,
// during which the land's place in the picture moves v0 -> v1 (upwards).
struct Climb {
  float v0 = 0.0f;
  float v1 = 0.0f;
  float z0 = 0.0f;
  float z1 = 0.0f;
};

// Fills rows below `row` upwards as far as the climb reaches; returns the
// next row that is still open.
[[nodiscard]] int fill(Column& column, int row, const Climb& climb,
                       float pixel);

// Walks away from the camera under the pixels of column u.
template <class Height>
void walk(const Stage& stage, const ReliefRange& range, const Height& height,
          float u, Column& column) {
  const View& view = stage.view;
  const float pixel = stage.canvas.pixel();
  const float growth =
      power(range.far / range.near, 1.0f / static_cast<float>(range.steps));
  const auto rows = static_cast<std::size_t>(stage.canvas.height());
  column.depth.assign(rows, 0.0f);
  column.cover.assign(rows, 0.0f);
  int row = stage.canvas.height() - 1;
  float z = range.near;
  Climb climb{2.0f, 2.0f, z, z};
  for (int step = 0; step <= range.steps && row >= 0; ++step) {
    const float y = height(view.across(u, z), z);
    const float v = view.horizon_at(u) + view.focal * (view.eye - y) / z;
    climb = {climb.v1, v, climb.z1, z};
    row = fill(column, row, climb, pixel);
    z *= growth;
  }
}

// The place at distance z under column u, with the land's slope across one
// pixel.
template <class Height>
ReliefPoint point_at(const Stage& stage, const Height& height, float u,
                     float z) {
  const float x = stage.view.across(u, z);
  const float e = std::max(z * stage.canvas.pixel() / stage.view.focal, 0.002f);
  const float y = height(x, z);
  const float east = height(x + e, z);
  const float north = height(x, z + e);
  return {x, y, z, e, unit({(y - east) / e, 1.0f, (y - north) / e})};
}

}  // namespace relief

// height(x, z) -> y; shade(ReliefPoint) -> Color, before the air.
template <class Height, class Shade>
void draw_relief(const Stage& stage, const ReliefRange& range,
                 const Height& height, const Shade& shade) {
  Canvas& canvas = stage.canvas;
  relief::Column column;
  for (int c = 0; c < canvas.width(); ++c) {
    const float u = (static_cast<float>(c) + 0.5f) * canvas.pixel();
    relief::walk(stage, range, height, u, column);
    for (int row = canvas.height() - 1; row >= 0; --row) {
      const auto r = static_cast<std::size_t>(row);
      const float z = column.depth[r];
      if (z == 0.0f) break;
      const Color lit = shade(relief::point_at(stage, height, u, z));
      canvas.blend(row, c, {stage.light.through_air(lit, z), column.cover[r]});
    }
  }
}

}  // namespace polytask::draw
