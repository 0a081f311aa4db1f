#include "polytask/worlds/scenes/relief.h"

namespace polytask::draw::relief {

int fill(Column& column, int row, const Climb& climb, float pixel) {
  while (row >= 0) {
    const auto r = static_cast<std::size_t>(row);
    const float centre = (static_cast<float>(row) + 0.5f) * pixel;
    const float cover = clamp01((centre - climb.v1) / pixel + 0.5f);
    if (cover <= 0.0f) break;
    if (cover > column.cover[r]) {
      const float way = climb.v0 - climb.v1;
      const float t = way > 1e-6f ? clamp01((climb.v0 - centre) / way) : 1.0f;
      if (column.cover[r] < 0.5f) column.depth[r] = mix(climb.z0, climb.z1, t);
      column.cover[r] = cover;
    }
    if (cover < 1.0f) break;  // the crest is within this row
    --row;
  }
  return row;
}

}  // namespace polytask::draw::relief
