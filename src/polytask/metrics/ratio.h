// Shares of what was counted, where nothing may have been.

#pragma once

#include <limits>

namespace polytask {

// What is not defined.
inline constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

// part / whole; kNaN of nothing.
[[nodiscard]] inline double ratio(double part, double whole) {
  return whole > 0.0 ? part / whole : kNaN;
}

}  // namespace polytask
