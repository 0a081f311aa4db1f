// Mountains near and far, and the hills that are not called mountains.

#pragma once

#include "polytask/worlds/drawing/stage.h"

namespace polytask::draw {

// A massif with rock, snow and a valley before it; fills everything below.
//   foot   distance of its foot: 8 towers over the camera, 30 is a panorama
void draw_massif(const Stage& stage, Dice& dice, float foot);

// Outlines behind one another, paler with the distance, down to the horizon.
//   height   of the highest, in image heights
void draw_ranges(const Stage& stage, Dice& dice, float height);

// One low, soft outline at the horizon.
void draw_hills(const Stage& stage, Dice& dice, float height);

}  // namespace polytask::draw
