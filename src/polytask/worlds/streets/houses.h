// What lines a street: houses and fences, and the town beyond.

#pragma once

#include "polytask/worlds/streets/street_stage.h"

namespace polytask::draw {

struct House {
  float side = 1.0f;    // -1 left of the road, 1 right
  float near = 6.0f;    // z of its front, metres
  float length = 9.0f;  // along the road
  float width = 9.0f;   // away from it
  float height = 9.0f;  // to the eaves
  float x = 8.0f;       // its wall beside the road, from the middle; positive
  std::uint64_t look = 0;
};

void draw_house(const StreetStage& street, const House& house);

// A broken line of roofs and treetops where the street ends.
void draw_skyline(const StreetStage& street, Dice& dice);

}  // namespace polytask::draw
