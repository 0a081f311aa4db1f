// Loops over flat arrays that layers share. All lengths are equal.

#pragma once

#include <cstdint>
#include <span>

namespace polytask::kernels {

// diff[i] becomes 0 where dst[i] is not above 0: relu's derivative, from its
// result.
void mask_relu(std::span<const float> dst, std::span<float> diff);

// sum[i] += term[i]
void add_to(std::span<float> sum, std::span<const float> term);

// sum[i] += factor * term[i]
void add_scaled(std::span<float> sum, float factor,
                std::span<const float> term);

void add_scaled(std::span<double> sum, double factor,
                std::span<const float> term);

// value[i] += share * (target[i] - value[i])
void move_towards(std::span<float> value, float share,
                  std::span<const float> target);

// sum over i of a[i] * b[i], in doubles, in a fixed order.
[[nodiscard]] double inner_product(std::span<const float> a,
                                   std::span<const float> b);
[[nodiscard]] double inner_product(std::span<const double> a,
                                   std::span<const float> b);

// The largest |values[i]|; 0 of none. A NaN counts as larger than anything.
[[nodiscard]] float largest_magnitude(std::span<const float> values);

// dst[i] = src[i] * scale
void scale_pixels(std::span<const std::uint8_t> src, float scale,
                  std::span<float> dst);
void scale_pixels(std::span<const float> src, float scale,
                  std::span<float> dst);

}  // namespace polytask::kernels
