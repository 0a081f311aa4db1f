// What a street picture is to show, before anything is drawn.

#pragma once

#include <vector>

#include "polytask/worlds/streets/cars.h"
#include "polytask/worlds/streets/houses.h"
#include "polytask/worlds/streets/roadside.h"
#include "polytask/worlds/streets/walkers.h"

namespace polytask::draw {

struct StreetPlan {
  View view;
  Conditions now;
  Road road;
  std::vector<House> houses;
  std::vector<Standing> things;
  std::vector<Car> cars;
  std::vector<Walker> walkers;
  std::uint64_t look = 0;  // of sky, skyline, weather and camera
};

// Nothing of it overlaps on the ground, and every car, walker, stop sign and
// traffic light has its middle in the frame. Whether it can be seen is not
// known yet.
[[nodiscard]] StreetPlan plan_street(Dice& dice, float aspect);

}  // namespace polytask::draw
