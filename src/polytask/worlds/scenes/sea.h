// Water: the sea with waves, surf and a beach, and still lakes.

#pragma once

#include "polytask/worlds/drawing/stage.h"

namespace polytask::draw {

// Where the water ends towards the camera; below it the ground stays as it is.
struct Shore {
  float v = 2.0f;  // beyond 1: water down to the bottom of the frame
  float slope = 0.0f;
  float bend = 0.0f;
  std::uint32_t seed = 0;

  [[nodiscard]] float at(float u) const;
};

// Open sea below the horizon, as rough as the weather; often with a beach,
// surf, rocks or boats.
void draw_sea(const Stage& stage, Dice& dice);

// The sea as a part of a picture: a strip from the horizon down to the shore.
void draw_bay(const Stage& stage, Dice& dice, const Shore& shore);

// A still lake that mirrors what is above it, between v = top and bottom.
void draw_lake(const Stage& stage, Dice& dice, float top, float bottom);

}  // namespace polytask::draw
