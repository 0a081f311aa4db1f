// From light to a frame of a dash-cam: a small lens behind a windscreen.

#pragma once

#include <cstdint>
#include <span>

#include "polytask/worlds/drawing/canvas.h"
#include "polytask/worlds/streets/conditions.h"

namespace polytask::draw {

// Overwrites rgb, [height, width, 3]. The canvas is used up.
void take_frame(Canvas& canvas, const Conditions& now, Dice& dice,
                std::span<std::uint8_t> rgb);

}  // namespace polytask::draw
