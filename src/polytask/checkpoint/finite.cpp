// Whether numbers are finite.

#include <bit>
#include <cmath>

#include "polytask/checkpoint/safetensors.h"

namespace polytask {
namespace {

// A loop without branches, which the compiler turns into vector code: adding
// one to an exponent of ones carries into the sign.
[[gnu::always_inline]] inline bool any_in(std::span<const float> values) {
  constexpr std::uint32_t kExponent = 0x7F800000;
  constexpr std::uint32_t kOne = 0x00800000;
  constexpr std::uint32_t kSign = 0x80000000;
  std::uint32_t found = 0;
  for (const float value : values) {
    found |= (std::bit_cast<std::uint32_t>(value) & kExponent) + kOne;
  }
  return (found & kSign) != 0;
}

#if defined(__x86_64__)
[[gnu::target("avx2")]] bool any_by_avx2(std::span<const float> values) {
  return any_in(values);
}
#endif

}  // namespace

bool any_non_finite(std::span<const float> values) {
#if defined(__x86_64__)
  if (__builtin_cpu_supports("avx2")) return any_by_avx2(values);
#endif
  return any_in(values);
}

std::optional<std::size_t> first_non_finite(std::span<const float> values) {
  if (!any_non_finite(values)) return std::nullopt;
  std::size_t first = 0;
  while (std::isfinite(values[first])) ++first;
  return first;
}

}  // namespace polytask
