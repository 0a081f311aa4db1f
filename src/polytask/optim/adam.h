// Adam, as Keras computes it.
//
//   m    = m + (1 - beta_1) (g - m)
//   v    = v + (1 - beta_2) (g g - v)
//   a(t) = factor learning_rate sqrt(1 - beta_2^t) / (1 - beta_1^t)
//   w    = w - a(t) m / (sqrt(v) + epsilon)
//
// and, with b = ema_momentum > 0, the moving average of the weights
//
//   s(t) = (1 - b) / (1 - b^t)
//   A    = A + s(t) (w - A)
//
// which is sum of b^(t - i) w(i) / sum of b^(t - i): the weights it began with
// leave no trace, as the corrections of m and v take out their zeros. (Keras'
// ema_momentum begins with the whole weight on the first step's result.)
//
// t counts the steps from 1; the factor is that of a schedule, else 1. Works on
// flat arrays, element by element, so a step can be cut into ranges that
// threads share out without changing a bit. Source: Kingma and Ba, ICLR 2015,
// section 2 (the form before "epsilon hat").

#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

#include "polytask/optim/adam_options.h"
#include "polytask/tensor/parameter_store.h"

namespace polytask {

// A range of it.
struct AdamState {
  std::span<float> m;        // first moment, zero at first
  std::span<float> v;        // second moment, zero at first
  std::span<float> average;  // of w; empty without ema_momentum
};

// What Adam keeps of each weight, in the weights' layout.
struct AdamMemory {
  // Throws Fault::resource when there is not enough memory.
  AdamMemory(const ParameterLayout& layout, const AdamOptions& options);

  // `count` weights of array `parameter`, from `first` on.
  [[nodiscard]] AdamState range(std::size_t parameter, std::size_t first,
                                std::size_t count);

  ParameterStore m;
  ParameterStore v;
  std::optional<ParameterStore> average;  // none without ema_momentum
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

  // Overwrites w, m, v and the average, which are as long as g. Several threads
  // may update different ranges at once.
  void update(std::span<float> w, std::span<const float> g,
              const AdamState& state) const;

 private:
  AdamOptions options_;
  std::int64_t steps_ = 0;
  float rate_ = 0.0f;          // a(t)
  float share_of_new_ = 0.0f;  // s(t)
};

}  // namespace polytask
