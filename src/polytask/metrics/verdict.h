// The rule of paired.h: the interval of a difference, the verdict on it, and
// what would decide it.

#pragma once

#include <cstdint>

#include "polytask/metrics/paired.h"

namespace polytask {

// How sure a difference is.
struct Uncertainty {
  double seed_error = 0.0;
  double image_error = 0.0;
  std::int64_t seeds = 0;   // >= 2
  std::int64_t images = 0;  // >= 2
};

// Half of the interval's width.
[[nodiscard]] double half_width(const Uncertainty& of);

//   better, low   the difference, and the lower end of its interval, towards
//   high          better; and the upper end
[[nodiscard]] Verdict verdict_on(double low, double high, double margin);

// Where verdict_on(better - half_width, better + half_width, margin) is
// undecided.
[[nodiscard]] Needed needed_for(double better, double margin,
                                const Uncertainty& of);

}  // namespace polytask
