// What hangs in the air before everything: banks of fog, snow, rain, rays.

#pragma once

#include "polytask/worlds/drawing/stage.h"

namespace polytask::draw {

// Most pictures get none of it.
void draw_weather(const Stage& stage, Dice& dice);

}  // namespace polytask::draw
