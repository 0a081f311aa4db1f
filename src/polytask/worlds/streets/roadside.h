// What stands beside a road: signs, traffic lights, and all that may be taken
// for them.

#pragma once

#include "polytask/worlds/streets/street_stage.h"

namespace polytask::draw {

// The first two are asked for; the others are there to be told apart.
enum class Fixture {
  stop_sign,
  traffic_light,
  round_sign,  // no entry, speed limits, one-way streets
  yield_sign,
  lamp_post,
  bin,
  post_box,
  container,
  bollard,
  tree,
};

struct Standing {
  Fixture kind = Fixture::bin;
  Vector foot;
  std::uint64_t look = 0;
};

void draw_standing(const StreetStage& street, const Standing& thing);

}  // namespace polytask::draw
