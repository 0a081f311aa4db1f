// The most arithmetic a core can do: multiplications with additions in
// registers, with nothing read from memory and nothing waited for. What the
// speed of every other kernel is measured against.

#pragma once

#include <cstdint>

namespace polytask::kernels {

struct PeakWork {
  double flops = 0.0;   // multiplications and additions done
  double result = 0.0;  // of the arithmetic: 2 after 100 rounds or more
};

// Does `rounds` rounds of x = x / 2 + 1 on a dozen vectors.
[[nodiscard]] PeakWork peak_work(std::int64_t rounds);

}  // namespace polytask::kernels
