// What every painter of a part of the scene is given.

#pragma once

#include "polytask/worlds/drawing/canvas.h"
#include "polytask/worlds/drawing/light.h"
#include "polytask/worlds/drawing/sky.h"
#include "polytask/worlds/drawing/view.h"

namespace polytask::draw {

struct Stage {
  Canvas& canvas;
  const Light& light;
  const View& view;
  const Sky& sky;
};

}  // namespace polytask::draw
