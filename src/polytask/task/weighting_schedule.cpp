#include "polytask/task/weighting_schedule.h"

#include <cstddef>

namespace polytask {

double scheduled_factor(std::span<const WeightPoint> schedule, int task,
                        int epoch) {
  if (schedule.empty()) return 1.0;
  const auto index = static_cast<std::size_t>(task);
  const double shown_epoch = epoch + 1.0;  // points count epochs from 1
  const WeightPoint* before = &schedule.front();
  for (const WeightPoint& point : schedule) {
    if (point.epoch >= shown_epoch) {
      if (&point == before) break;
      const double share =
          (shown_epoch - before->epoch) / (point.epoch - before->epoch);
      return before->weights[index] +
             share * (point.weights[index] - before->weights[index]);
    }
    before = &point;
  }
  return before->weights[index];
}

}  // namespace polytask
