// Things that stand in or at the water.

#pragma once

#include "polytask/worlds/drawing/stage.h"

namespace polytask::draw {

void draw_boats(const Stage& stage, Dice& dice);
void draw_sea_rocks(const Stage& stage, Dice& dice);

// Lighthouse, jetty, town or bridge as an outline on the horizon.
void draw_landmark(const Stage& stage, Dice& dice);

}  // namespace polytask::draw
