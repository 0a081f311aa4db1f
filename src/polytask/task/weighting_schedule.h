// Factors of the tasks that change from epoch to epoch.

#pragma once

#include <span>

#include "polytask/task/weighting.h"

namespace polytask {

// The factor of one task in an epoch (from 0): linear between the two points
// around it, that of the first point before it, of the last after it; 1 when
// there are none.
[[nodiscard]] double scheduled_factor(std::span<const WeightPoint> schedule,
                                      int task, int epoch);

}  // namespace polytask
