// Settings of the Adam optimiser, with Keras' names and defaults.

#pragma once

#include <string>
#include <vector>

#include "polytask/optim/learning_rate_schedule.h"

namespace polytask {

struct AdamOptions {
  double learning_rate = 1e-3;  // > 0
  double beta_1 = 0.9;          // 0 <= beta_1 < 1
  double beta_2 = 0.999;        // 0 <= beta_2 < 1
  double epsilon = 1e-7;        // > 0, added to the root of v
  LearningRateSchedule schedule = LearningRateSchedule::constant;

  // Share of the old mean that stays in the moving average of the weights, >= 0
  // and < 1; 0: there is none. The average is what is validated and saved.
  double ema_momentum = 0.0;

  bool operator==(const AdamOptions&) const = default;
};

// Every broken rule, not only the first; empty when the options are usable.
// Each entry reads "learning_rate: expected finite and > 0, got -0.1".
[[nodiscard]] std::vector<std::string> problems(const AdamOptions& options);

}  // namespace polytask
