// What falls between the camera and a street, and sticks to the windscreen.

#pragma once

#include "polytask/worlds/streets/street_stage.h"

namespace polytask::draw {

// Rain, snow, or nothing; leaves no pixel another owner.
void draw_street_air(const StreetStage& street, Dice& dice);

}  // namespace polytask::draw
