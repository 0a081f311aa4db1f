// One row of features times a matrix: what a dense layer does for one image.
//
//   dst[j] = sum over i of src[i] * kernel[i, j]
//
// src [F], kernel [F, units] row-major, dst [units]. Reading the kernel is all
// the work there is, so rows of it that meet a zero of src (relu leaves many)
// are not read: an infinity in such a row does not reach dst. Products are
// added in the order of the features, so the bits are those of every processor
// with fused multiply and add.

#pragma once

#include <span>

namespace polytask::kernels {

// Overwrites dst.
void row_product(std::span<const float> src, std::span<const float> kernel,
                 std::span<float> dst);

}  // namespace polytask::kernels
