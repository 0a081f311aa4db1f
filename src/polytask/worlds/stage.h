// What every painter of a part of the scene is given.

#pragma once

#include "polytask/worlds/canvas.h"
#include "polytask/worlds/light.h"
#include "polytask/worlds/sky.h"
#include "polytask/worlds/view.h"

namespace polytask::draw {

struct Stage {
  Canvas& canvas;
  const Light& light;
  const View& view;
  const Sky& sky;
};

}  // namespace polytask::draw
