#include "polytask/network/initialize.h"

#include <algorithm>
#include <cmath>

#include "polytask/base/random.h"

namespace polytask {
namespace {

// The largest magnitude for a kernel [.., in, out].
double glorot_limit(const Shape& shape) {
  const std::size_t rank = shape.size();
  const double in = shape[rank - 2];
  const double out = shape[rank - 1];
  double positions = 1.0;
  for (std::size_t i = 0; i + 2 < rank; ++i) positions *= shape[i];
  return std::sqrt(6.0 / (positions * (in + out)));
}

}  // namespace

void initialize_glorot_uniform(ParameterStore& parameters, std::uint64_t seed) {
  const PhiloxKey key = random_key(seed, RandomUse::weights);
  const auto& specs = parameters.layout().specs();
  for (std::size_t p = 0; p < specs.size(); ++p) {
    const std::span<float> values = parameters[p];
    if (specs[p].shape.size() < 2) {
      std::ranges::fill(values, 0.0f);
      continue;
    }
    const double limit = glorot_limit(specs[p].shape);
    for (std::size_t i = 0; i < values.size(); i += 4) {
      const auto words = philox4x32({static_cast<std::uint32_t>(i / 4),
                                     static_cast<std::uint32_t>(p), 0, 0},
                                    key);
      for (std::size_t j = 0; j < std::min<std::size_t>(4, values.size() - i);
           ++j) {
        const double u = uniform01(words[j]);
        values[i + j] = static_cast<float>((2.0 * u - 1.0) * limit);
      }
    }
  }
}

}  // namespace polytask
