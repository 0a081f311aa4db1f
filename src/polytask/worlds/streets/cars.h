// Cars, vans and pick-ups, from behind, from the front and from the side.

#pragma once

#include "polytask/worlds/streets/street_stage.h"

namespace polytask::draw {

enum class CarView { rear, front, side };

struct Car {
  Vector foot;  // under the middle of the end (or the side) nearest the camera
  CarView view = CarView::rear;
  bool parked = false;
  std::uint64_t look = 0;
};

void draw_car(const StreetStage& street, const Car& car);

}  // namespace polytask::draw
