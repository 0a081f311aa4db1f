// Draws images with replacement, and reads intervals off what was computed on
// the draws.

#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "polytask/metrics/bootstrap.h"

namespace polytask {

class Resampling {
 public:
  // Throws Fault::config when options.resamples is negative.
  Resampling(std::size_t images, const BootstrapOptions& options);

  [[nodiscard]] int count() const { return resamples_; }

  // How often each image is in draw `resample`, from 0; they sum to the number
  // of images. The same draw every time; overwritten by the next call.
  [[nodiscard]] std::span<const std::uint32_t> draw(int resample);

 private:
  std::vector<std::uint32_t> times_;
  std::uint64_t seed_;
  int resamples_;
};

// Sets low and high of `number` to the 2.5 % and 97.5 % quantiles of what the
// draws gave. Draws on which the number was undefined (NaN) are left out; no
// interval when they are half of the draws or more, or the value is absent.
// Sorts `drawn`.
void set_interval(std::vector<double>& drawn, Number& number);

}  // namespace polytask
