// Ground that has no label: grass, stubble, snow, bare earth.

#pragma once

#include "polytask/worlds/drawing/stage.h"

namespace polytask::draw {

// Fills everything below the horizon.
void draw_meadow(const Stage& stage, Dice& dice);

// Grass or reeds before the camera, from the bottom edge up.
void draw_stalks(const Stage& stage, Dice& dice);

}  // namespace polytask::draw
