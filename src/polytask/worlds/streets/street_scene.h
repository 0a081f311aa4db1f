// A street from the plan to the picture, and what is true of it.

#pragma once

#include <optional>

#include "polytask/worlds/streets/street_plan.h"

namespace polytask::draw {

// What makes a thing count: at least so many pixels of it in front, at least
// this share of its pixels not hidden, and this share of its light through
// the air.
inline constexpr int kLeastPixels = 8;
inline constexpr float kLeastShare = 0.35f;
inline constexpr float kLeastClear = 0.22f;

struct StreetAnswers {
  bool stop_sign = false;
  bool traffic_light = false;
  Weather weather = Weather::clear;
  Hour hour = Hour::day;
  int pedestrians = 0;
  std::optional<float> nearest_car;  // metres
};

// Paints the plan and takes out of it, and of the picture, every car, walker,
// stop sign and traffic light that cannot be seen well enough: what is left
// is what the answers speak of. The pixels' owners are, from 1 on, the cars,
// walkers and things of the plan, in this order.
void paint_street(Canvas& canvas, StreetPlan& plan);

[[nodiscard]] StreetAnswers answers_of(const StreetPlan& plan);

}  // namespace polytask::draw
