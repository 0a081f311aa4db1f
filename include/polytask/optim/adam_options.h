// Settings of the Adam optimiser, with Keras' names and defaults, and how the
// learning rate moves over a training.

#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "polytask/optim/adam_options.h"

namespace polytask {

enum class LearningRateSchedule {
  constant,
  cosine,  // from the learning rate to 0 along half a cosine, as Keras'
           // CosineDecay over all steps of the training
};

// What the learning rate is multiplied by in step t = 1 ... T:
//
//   constant   1
//   cosine     (1 + cos(pi (t - 1) / T)) / 2
//
// Source: Loshchilov and Hutter, ICLR 2017, equation 5, without restarts.
[[nodiscard]] double learning_rate_factor(LearningRateSchedule schedule,
                                          std::int64_t step,
                                          std::int64_t steps);

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
