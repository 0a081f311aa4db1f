// The traces of a small file.

#pragma once

#include "polytask/worlds/drawing/canvas.h"

namespace polytask::draw {

// Rounds the cosine transform of the brightness of every 8x8 block, as a
// baseline JPEG does (ITU-T T.81, A.3.3), more coarsely for finer detail. The
// canvas holds shown values.
//   coarse   step of the coarsest detail, in parts of white; above 0
void compress(Canvas& canvas, float coarse);

}  // namespace polytask::draw
