// Adam for a few numbers that learn one at a time: the log variances or the
// logits of a weighting. A number that takes no part in a step does not move,
// and its bias correction counts its own steps.
//
//   m = .9 m + .1 g,  v = .999 v + .001 g g,  k = k + 1
//   value -= rate (m / (1 - .9^k)) / (sqrt(v / (1 - .999^k)) + 1e-8)
//
// Source: Kingma and Ba, ICLR 2015.

#pragma once

#include <cstddef>
#include <span>

namespace polytask {

// A view of 4 T doubles: the values, m, v and k of T numbers.
class ScalarAdam {
 public:
  static constexpr std::size_t kPerValue = 4;

  ScalarAdam(std::span<double> state, double rate)
      : values_(state.first(state.size() / kPerValue)),
        m_(state.subspan(values_.size(), values_.size())),
        v_(state.subspan(2 * values_.size(), values_.size())),
        k_(state.subspan(3 * values_.size(), values_.size())),
        rate_(rate) {}

  void move(int index, double gradient);

 private:
  std::span<double> values_;
  std::span<double> m_;
  std::span<double> v_;
  std::span<double> k_;
  double rate_;
};

// Whether move() could have made this state, and can go on from it.
[[nodiscard]] bool is_adam_state(std::span<const double> state);

}  // namespace polytask
