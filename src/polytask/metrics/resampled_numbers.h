// Numbers that are computed from how often each image counts: once, then on
// every draw, for their intervals.

#pragma once

#include <limits>
#include <span>
#include <vector>

#include "polytask/metrics/resampling.h"

namespace polytask {

// Calls compute(times), which gives one value a number (NaN where undefined),
// for every draw, and sets the intervals of `numbers`.
template <class Compute>
void set_intervals(std::size_t images, const BootstrapOptions& options,
                   std::span<Number* const> numbers, Compute compute) {
  Resampling resampling(images, options);
  if (images < 2 || resampling.count() == 0) return;
  std::vector<std::vector<double>> drawn(numbers.size());
  for (int r = 0; r < resampling.count(); ++r) {
    const std::vector<double> values = compute(resampling.draw(r));
    for (std::size_t i = 0; i < values.size(); ++i) {
      drawn[i].push_back(values[i]);
    }
  }
  for (std::size_t i = 0; i < numbers.size(); ++i) {
    set_interval(drawn[i], *numbers[i]);
  }
}

// A value, or absent with this reason.
inline Number number_of(double value, std::int64_t n, const char* reason) {
  Number number{.n = n};
  if (value == value) {
    number.value = value;
  } else {
    number.reason = n == 0 ? "nothing observed" : reason;
  }
  return number;
}

inline std::optional<double> if_defined(double value) {
  return value == value ? std::optional(value) : std::nullopt;
}

}  // namespace polytask
