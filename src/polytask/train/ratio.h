// Quotients of counts, NaN where nothing was counted.

#pragma once

#include <cmath>
#include <limits>
#include <span>

namespace polytask {

[[nodiscard]] inline double ratio(double part, double whole) {
  return whole == 0.0 ? std::numeric_limits<double>::quiet_NaN() : part / whole;
}

// Of the values that are not NaN.
[[nodiscard]] inline double mean_of_defined(std::span<const double> values) {
  double sum = 0.0;
  double count = 0.0;
  for (const double value : values) {
    if (std::isnan(value)) continue;
    sum += value;
    count += 1.0;
  }
  return ratio(sum, count);
}

}  // namespace polytask
