// The ground of a street: asphalt, lines, kerbs, pavements, what lies beyond.

#pragma once

#include "polytask/worlds/streets/street_stage.h"

namespace polytask::draw {

// Its width, its bend, what it is made of and where its lamps stand; no
// crossings yet.
[[nodiscard]] Road some_road(Dice& dice);

// Fills everything below the horizon.
void draw_street_ground(const StreetStage& street);

}  // namespace polytask::draw
