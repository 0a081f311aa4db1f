// What every camera does to a picture, whatever it was pointed at.

#pragma once

#include <cstdint>
#include <span>

#include "polytask/worlds/drawing/canvas.h"
#include "polytask/worlds/drawing/dice.h"

namespace polytask::draw {

// Weighted mean of each pixel with its neighbours `step` away, along rows and
// then along columns.
//   side   weight of each neighbour; 0 changes nothing, 1/3 is a box
void soften(Canvas& canvas, int step, float side);

// Adds noise of deviation `amount` to every pixel.
//   tint   how much of it is colour; 0 is grey
void add_grain(Canvas& canvas, Dice& dice, float amount, float tint);

// Overwrites rgb, [height, width, 3], with shown values 0 to 1 as bytes.
void store_bytes(const Canvas& canvas, std::span<std::uint8_t> rgb);

}  // namespace polytask::draw
