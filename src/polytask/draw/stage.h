// What every painter of a part of the scene is given.

#pragma once

#include "polytask/draw/canvas.h"
#include "polytask/draw/light.h"
#include "polytask/draw/sky.h"
#include "polytask/draw/view.h"

namespace polytask::draw {

struct Stage {
  Canvas& canvas;
  const Light& light;
  const View& view;
  const Sky& sky;
};

}  // namespace polytask::draw
