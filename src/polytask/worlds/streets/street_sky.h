// The sky over a street: what Sky paints, stars, a moon.

#pragma once

#include "polytask/worlds/streets/street_stage.h"

namespace polytask::draw {

// Fills the canvas.
void draw_street_sky(const StreetStage& street, Dice& dice);

}  // namespace polytask::draw
