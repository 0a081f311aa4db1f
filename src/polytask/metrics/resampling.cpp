#include "polytask/metrics/resampling.h"

#include <algorithm>
#include <cmath>

#include "polytask/base/error.h"
#include "polytask/base/text.h"

namespace polytask {
namespace {

// SplitMix64 (Steele, Lea, Flood, OOPSLA 2014): one multiply-xor-shift chain a
// number, and any state is a good one.
std::uint64_t next_random(std::uint64_t& state) {
  state += 0x9E3779B97F4A7C15u;
  std::uint64_t z = state;
  z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
  z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
  return z ^ (z >> 31);
}

double quantile(std::span<const double> sorted, double q) {
  const double at = q * static_cast<double>(sorted.size() - 1);
  const auto below = static_cast<std::size_t>(at);
  const std::size_t above = std::min(below + 1, sorted.size() - 1);
  const double fraction = at - static_cast<double>(below);
  return sorted[below] + fraction * (sorted[above] - sorted[below]);
}

}  // namespace

Resampling::Resampling(std::size_t images, const BootstrapOptions& options)
    : times_(images), seed_(options.seed), resamples_(options.resamples) {
  if (resamples_ < 0) {
    throw Error(
        Fault::config,
        cat("bootstrap resamples: expected 0 or more, found ", resamples_));
  }
}

std::span<const std::uint32_t> Resampling::draw(int resample) {
  std::ranges::fill(times_, 0u);
  std::uint64_t state = seed_;
  state = next_random(state) + static_cast<std::uint64_t>(resample);
  state = next_random(state);
  const std::uint64_t n = times_.size();
  for (std::uint64_t i = 0; i < n; ++i) {
    // The upper half of a 32 x 32 bit product: below n, and even enough for
    // any number of images that fits in memory.
    const std::uint64_t pick = ((next_random(state) >> 32) * n) >> 32;
    ++times_[pick];
  }
  return times_;
}

void set_interval(std::vector<double>& drawn, Number& number) {
  const auto defined = std::partition(drawn.begin(), drawn.end(),
                                      [](double v) { return !std::isnan(v); });
  const std::span<double> values(drawn.begin(), defined);
  if (!number.value || 2 * values.size() <= drawn.size()) return;
  std::ranges::sort(values);
  number.low = quantile(values, 0.025);
  number.high = quantile(values, 0.975);
}

}  // namespace polytask
