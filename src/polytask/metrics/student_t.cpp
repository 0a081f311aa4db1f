#include "polytask/metrics/student_t.h"

#include <array>

namespace polytask {
namespace {

// Where the expansion below is not exact enough.
constexpr std::array<double, 10> kFew{
    12.7062047362, 4.3026527297, 3.1824463053, 2.7764451052, 2.5705818356,
    2.4469118511,  2.3646242516, 2.3060041352, 2.2621571628, 2.2281388520};

}  // namespace

double student_t_975(std::int64_t degrees) {
  if (degrees <= static_cast<std::int64_t>(kFew.size())) {
    return kFew[static_cast<std::size_t>(degrees - 1)];
  }
  constexpr double z = 1.959963984540054;
  constexpr double z3 = z * z * z;
  constexpr double z5 = z3 * z * z;
  constexpr double z7 = z5 * z * z;
  const auto v = static_cast<double>(degrees);
  return z + (z3 + z) / (4 * v) + (5 * z5 + 16 * z3 + 3 * z) / (96 * v * v) +
         (3 * z7 + 19 * z5 + 17 * z3 - 15 * z) / (384 * v * v * v) +
         (79 * z7 * z * z + 776 * z7 + 1482 * z5 - 1920 * z3 - 945 * z) /
             (92160 * v * v * v * v);
}

}  // namespace polytask
