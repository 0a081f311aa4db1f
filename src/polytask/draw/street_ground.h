// The ground of a street: asphalt, lines, kerbs, pavements, what lies beyond.

#pragma once

#include "polytask/draw/street_stage.h"

namespace polytask::draw {

// Asphalt, slabs, verge and lamplight of a road that has its shape already.
void take_surfaces(Road& road, Dice& dice);

// Fills everything below the horizon.
void draw_street_ground(const StreetStage& street);

}  // namespace polytask::draw
