// From light to a photograph: exposure, colour cast, lens, film and file.

#pragma once

#include <cstdint>
#include <span>

#include "polytask/worlds/drawing/canvas.h"
#include "polytask/worlds/drawing/dice.h"

namespace polytask::draw {

// Overwrites rgb, [height, width, 3], with the canvas as a camera of its own
// kind would have taken it. The canvas is used up.
void take_photograph(Canvas& canvas, Dice& dice, std::span<std::uint8_t> rgb);

}  // namespace polytask::draw
