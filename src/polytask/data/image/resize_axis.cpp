#include "polytask/data/image/resize_axis.h"

#include <cmath>

namespace polytask {
namespace {

int round_half_up(double value) {
  return static_cast<int>(std::floor(value + 0.5));
}

}  // namespace

ResizeAxis make_resize_axis(int source, int result) {
  const double scale = static_cast<double>(source) / result;
  const double radius = std::max(scale, 1.0);
  ResizeAxis axis;
  axis.stride = 2 * static_cast<int>(std::ceil(radius)) + 1;
  axis.weights.resize(static_cast<std::size_t>(axis.stride) *
                      static_cast<std::size_t>(result));
  std::vector<double> exact(static_cast<std::size_t>(axis.stride));
  for (int i = 0; i < result; ++i) {
    const double centre = (i + 0.5) * scale;
    const int first = std::max(0, round_half_up(centre - radius));
    const int end = std::min(source, round_half_up(centre + radius));
    double sum = 0.0;
    for (int k = first; k < end; ++k) {
      const double distance = std::abs((k - centre + 0.5) * (1.0 / radius));
      sum += exact[static_cast<std::size_t>(k - first)] =
          std::max(0.0, 1.0 - distance);
    }
    ResizeAxis::Window window{.first = first, .taps = end - first};
    auto* weight =
        axis.weights.data() + static_cast<std::ptrdiff_t>(i) * axis.stride;
    for (int k = 0; k < window.taps; ++k) {
      weight[k] = round_half_up(exact[static_cast<std::size_t>(k)] / sum *
                                (1 << Summing<std::uint8_t>::kFractionBits));
      window.sum += weight[k];
    }
    axis.windows.push_back(window);
  }
  return axis;
}

}  // namespace polytask
