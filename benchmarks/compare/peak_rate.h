// What the processor's multiply-add units can do: the fp32 peak that shares
// are quoted of. Nothing but independent multiply-adds on registers, with the
// widest vectors there are.

#pragma once

#include <string>

namespace polytask::benchmark {

struct PeakRate {
  double gflops = 0.0;     // 10^9 operations a second, all threads together
  std::string extensions;  // "AVX-512", "AVX2", or "none"
};

// Takes about a tenth of a second. The rate is 0 without AVX2.
[[nodiscard]] PeakRate measure_peak_rate(int threads);

}  // namespace polytask::benchmark
