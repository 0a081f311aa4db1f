// The range of an axis and the numbers that stand at it.

#pragma once

#include <vector>

namespace polytask {

struct AxisRange {
  double low = 0.0;
  double high = 0.0;
};

// From the smallest to the largest of finite numbers; 0 and 0 of none.
[[nodiscard]] AxisRange range_of(const std::vector<double>& values);

// With some room around it, also where it is one value: low < high.
[[nodiscard]] AxisRange widened(const AxisRange& range);

// At most eight multiples of 1, 2 or 5 times a power of ten, upwards, from low
// to high; low < high.
[[nodiscard]] std::vector<double> round_numbers(const AxisRange& range);

// How many decimals tell neighbours of round_numbers() apart.
[[nodiscard]] int decimals_of(const std::vector<double>& round_numbers);

}  // namespace polytask
