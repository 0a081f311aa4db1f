// The quantile that turns an estimated standard error into a 95 % interval.

#pragma once

#include <cstdint>

namespace polytask {

// The .975 quantile of Student's t with so many degrees of freedom (>= 1):
// 12.706 for 1, 4.303 for 2, 2.776 for 4, 1.960 for very many. Within 1e-5.
// Source: Abramowitz, Stegun, Handbook of Mathematical Functions, 26.7.5.
[[nodiscard]] double student_t_975(std::int64_t degrees);

}  // namespace polytask
