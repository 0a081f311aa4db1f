// People on foot.

#pragma once

#include "polytask/worlds/streets/street_stage.h"

namespace polytask::draw {

struct Walker {
  Vector foot;
  std::uint64_t look = 0;
};

// Someone of their own size, clothes, step and direction; in rain often with
// an umbrella.
void draw_walker(const StreetStage& street, const Walker& walker);

}  // namespace polytask::draw
