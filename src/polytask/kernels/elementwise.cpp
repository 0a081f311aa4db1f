#include "polytask/kernels/elementwise.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>

namespace polytask::kernels {
namespace {

template <class Pixel>
void scale(std::span<const Pixel> src, float factor, std::span<float> dst) {
  for (std::size_t i = 0; i < dst.size(); ++i) {
    dst[i] = static_cast<float>(src[i]) * factor;
  }
}

template <class Number>
double sum_of_products(std::span<const Number> a, std::span<const float> b) {
  constexpr std::size_t kSums = 8;  // as many as the compiler keeps in vectors
  std::array<double, kSums> sums{};
  std::size_t i = 0;
  for (; i + kSums <= a.size(); i += kSums) {
    for (std::size_t lane = 0; lane < kSums; ++lane) {
      sums[lane] += static_cast<double>(a[i + lane]) * b[i + lane];
    }
  }
  for (; i < a.size(); ++i) sums[0] += static_cast<double>(a[i]) * b[i];
  return ((sums[0] + sums[4]) + (sums[1] + sums[5])) +
         ((sums[2] + sums[6]) + (sums[3] + sums[7]));
}

}  // namespace

void mask_relu(std::span<const float> dst, std::span<float> diff) {
  const float* value = dst.data();
  float* masked = diff.data();
  for (std::size_t i = 0; i < diff.size(); ++i) {
    masked[i] = value[i] > 0.0f ? masked[i] : 0.0f;
  }
}

void add_to(std::span<float> sum, std::span<const float> term) {
  const float* from = term.data();
  float* to = sum.data();
  for (std::size_t i = 0; i < sum.size(); ++i) to[i] += from[i];
}

void add_scaled(std::span<float> sum, float factor,
                std::span<const float> term) {
  const float* from = term.data();
  float* to = sum.data();
  for (std::size_t i = 0; i < sum.size(); ++i) to[i] += factor * from[i];
}

void add_scaled(std::span<double> sum, double factor,
                std::span<const float> term) {
  const float* from = term.data();
  double* to = sum.data();
  for (std::size_t i = 0; i < sum.size(); ++i) {
    to[i] += factor * static_cast<double>(from[i]);
  }
}

void move_towards(std::span<float> value, float share,
                  std::span<const float> target) {
  const float* to = target.data();
  float* moved = value.data();
  for (std::size_t i = 0; i < value.size(); ++i) {
    moved[i] += share * (to[i] - moved[i]);
  }
}

double inner_product(std::span<const float> a, std::span<const float> b) {
  return sum_of_products(a, b);
}

double inner_product(std::span<const double> a, std::span<const float> b) {
  return sum_of_products(a, b);
}

float largest_magnitude(std::span<const float> values) {
  // Magnitudes are ordered as their bits are, and NaN's lie above infinity's.
  constexpr std::uint32_t kMagnitude = 0x7FFFFFFF;
  std::int32_t largest = 0;
  for (const float value : values) {
    largest = std::max(
        largest, static_cast<std::int32_t>(std::bit_cast<std::uint32_t>(value) &
                                           kMagnitude));
  }
  return std::bit_cast<float>(largest);
}

void scale_pixels(std::span<const std::uint8_t> src, float factor,
                  std::span<float> dst) {
  scale(src, factor, dst);
}

void scale_pixels(std::span<const float> src, float factor,
                  std::span<float> dst) {
  scale(src, factor, dst);
}

}  // namespace polytask::kernels
