// Factors of the tasks that change from epoch to epoch.

#pragma once

#include <span>
#include <string>
#include <vector>

#include "polytask/weighting/weighting.h"

namespace polytask {

// The factor of one task in an epoch (from 0): of the points that name it,
// linear between the two around it, that of the first before it, of the last
// after it; 1 when there are none.
[[nodiscard]] double scheduled_factor(std::span<const WeightPoint> schedule,
                                      const std::string& task, int epoch);

// Every broken rule, for tasks of these names. Entries read
// "weighting.schedule.0.weights.objcts: no task has this name; did you mean
// \"objects\"?".
[[nodiscard]] std::vector<std::string> schedule_problems(
    std::span<const WeightPoint> schedule,
    const std::vector<std::string>& tasks);

}  // namespace polytask
