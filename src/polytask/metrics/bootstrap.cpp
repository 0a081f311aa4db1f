#include "polytask/metrics/bootstrap.h"

#include <cmath>
#include <limits>

#include "polytask/metrics/resampling.h"

namespace polytask {
namespace {

constexpr double kUndefined = std::numeric_limits<double>::quiet_NaN();

}  // namespace

Number mean_with_interval(std::span<const double> per_image,
                          const BootstrapOptions& options) {
  std::vector<RatioTerm> terms;
  terms.reserve(per_image.size());
  for (const double value : per_image) terms.push_back({value, 1.0});
  return ratio_with_interval(terms, 1.0, options);
}

Number ratio_with_interval(std::span<const RatioTerm> per_image, double scale,
                           const BootstrapOptions& options) {
  Resampling resampling(per_image.size(), options);
  Number number;
  RatioTerm total;
  for (const RatioTerm& term : per_image) {
    if (term.denominator == 0.0) continue;
    ++number.n;
    total.numerator += term.numerator;
    total.denominator += term.denominator;
  }
  if (number.n == 0) return {.reason = "no observed image"};
  const double value = scale * total.numerator / total.denominator;
  if (!std::isfinite(value)) return {.n = number.n, .reason = "not finite"};
  number.value = value;

  std::vector<double> drawn;
  for (int r = 0; number.n > 1 && r < resampling.count(); ++r) {
    const std::span<const std::uint32_t> times = resampling.draw(r);
    RatioTerm sum;
    for (std::size_t i = 0; i < per_image.size(); ++i) {
      if (per_image[i].denominator == 0.0) continue;
      sum.numerator += times[i] * per_image[i].numerator;
      sum.denominator += times[i] * per_image[i].denominator;
    }
    drawn.push_back(sum.denominator > 0.0
                        ? scale * sum.numerator / sum.denominator
                        : kUndefined);
  }
  set_interval(drawn, number);
  return number;
}

}  // namespace polytask
