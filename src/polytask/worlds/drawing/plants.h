// Single trees and shrubs.

#pragma once

#include "polytask/worlds/drawing/stage.h"

namespace polytask::draw {

enum class Species { conifer, broadleaf, poplar, bare, palm, acacia, shrub };

struct Foliage {
  Color leaf;
  Color trunk;
  float snow = 0.0f;   // 0 none, 1 laden
  float dense = 0.8f;  // how little sky shows through
};

// Summer, autumn, spring, dry or winter.
[[nodiscard]] Foliage some_foliage(Dice& dice);

struct Plant {
  Species species = Species::broadleaf;
  Point foot;
  float height = 0.3f;    // image heights
  float distance = 5.0f;  // for the haze
};

void draw_plant(const Stage& stage, Dice& dice, const Foliage& foliage,
                const Plant& plant);

// A cluster of leaves: an ellipse with a torn edge.
void draw_crown(const Stage& stage, const Foliage& foliage, const Box& box,
                std::uint32_t seed, float distance);

}  // namespace polytask::draw
