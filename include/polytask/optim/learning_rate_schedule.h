// How the learning rate moves over a training.

#pragma once

#include <cstdint>

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

}  // namespace polytask
