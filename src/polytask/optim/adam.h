// Adam, as Keras computes it.
//
//   m    = m + (1 - beta_1) (g - m)
//   v    = v + (1 - beta_2) (g g - v)
//   a(t) = factor learning_rate sqrt(1 - beta_2^t) / (1 - beta_1^t)
//   w    = w - a(t) m / (sqrt(v) + epsilon)
//
// t counts the steps from 1; the factor is that of a schedule, else 1. Works on
// flat arrays, element by element, so a step can be cut into ranges that
// threads share out without changing a bit. Source: Kingma and Ba, ICLR 2015,
// section 2 (the form before "epsilon hat").

#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "polytask/optim/adam_options.h"

namespace polytask {

struct AdamState {
  std::span<float> m;  // first moment, zero at first
  std::span<float> v;  // second moment, zero at first
};

class Adam {
 public:
  // Throws Fault::config, listing every problem.
  //   steps_done   0, or where a resumed run stopped
  explicit Adam(const AdamOptions& options, std::int64_t steps_done = 0);

  [[nodiscard]] std::int64_t steps_done() const { return steps_; }

  // Starts step t; then update() for ranges that cover every element once.
  //   factor   of the learning rate in this step; learning_rate_schedule.h
  void begin_step(double factor = 1.0);

  // Overwrites w, m and v, which are as long as g. Several threads may update
  // different ranges at once.
  void update(std::span<float> w, std::span<const float> g,
              const AdamState& state) const;

 private:
  AdamOptions options_;
  std::int64_t steps_ = 0;
  float rate_ = 0.0f;  // a(t)
};

}  // namespace polytask
