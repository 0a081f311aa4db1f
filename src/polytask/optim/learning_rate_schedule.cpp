#include "polytask/optim/adam_options.h"

#include <cmath>
#include <numbers>

namespace polytask {

double learning_rate_factor(LearningRateSchedule schedule, std::int64_t step,
                            std::int64_t steps) {
  switch (schedule) {
    case LearningRateSchedule::constant:
      return 1.0;
    case LearningRateSchedule::cosine:
      break;
  }
  const double done =
      static_cast<double>(step - 1) / static_cast<double>(steps);
  return 0.5 * (1.0 + std::cos(std::numbers::pi * done));
}

}  // namespace polytask
