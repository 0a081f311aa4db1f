// Deserts: seas of dunes, cracked flats, stony plains, table mountains.

#pragma once

#include "polytask/worlds/drawing/stage.h"

namespace polytask::draw {

// Fills everything below the horizon.
void draw_desert(const Stage& stage, Dice& dice);

}  // namespace polytask::draw
