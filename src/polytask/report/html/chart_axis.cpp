#include "polytask/report/html/chart_axis.h"

#include <algorithm>
#include <cmath>

namespace polytask {

AxisRange range_of(const std::vector<double>& values) {
  if (values.empty()) return {};
  const auto [low, high] = std::ranges::minmax(values);
  return {.low = low, .high = high};
}

AxisRange widened(const AxisRange& range) {
  double room = 0.06 * (range.high - range.low);
  if (room == 0.0) room = std::max(0.01, 0.05 * std::abs(range.low));
  return {.low = range.low - room, .high = range.high + room};
}

std::vector<double> round_numbers(const AxisRange& range) {
  constexpr int kMost = 8;
  const double power =
      std::pow(10.0, std::floor(std::log10((range.high - range.low) / kMost)));
  double step = power;
  for (const double times : {1.0, 2.0, 5.0, 10.0}) {
    step = times * power;
    const double more =
        std::floor(range.high / step) - std::ceil(range.low / step);
    if (more < kMost) break;
  }
  std::vector<double> numbers;
  const double first = std::ceil(range.low / step);
  for (int i = 0; i < kMost && (first + i) * step <= range.high; ++i) {
    numbers.push_back((first + i) * step + 0.0);  // + 0.0: never -0
  }
  return numbers;
}

int decimals_of(const std::vector<double>& round_numbers) {
  constexpr int kMost = 9;
  if (round_numbers.size() < 2) return 3;
  const double step = round_numbers[1] - round_numbers[0];
  for (int decimals = 0; decimals < kMost; ++decimals) {
    const double scaled = step * std::pow(10.0, decimals);
    if (std::abs(scaled - std::round(scaled)) < 1e-6 * scaled) return decimals;
  }
  return kMost;
}

}  // namespace polytask
