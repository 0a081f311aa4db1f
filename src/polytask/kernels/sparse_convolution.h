// Backward of a 3 x 3 convolution whose gradient is mostly zeros.
//
//   diff[y, x, o]           gradient of the convolution's result
//   diff_kernel[i, j, c, o] = sum over y, x of
//                             src[y + i - pad_top, x + j - pad_left, c] *
//                             diff[y, x, o]
//   diff_src[y, x, c]       = sum over i, j, o of
//                             diff[y + pad_top - i, x + pad_left - j, o] *
//                             kernel[i, j, c, o]
//
// No product with a 0 in diff is computed: what is not 0 is put into lists and
// the lists are walked. The zeros come from a max pool of 2 x 2 behind the
// convolution, which lets at most one in four through (PooledGradient), or from
// a relu alone (a plain array). The sums are those of the dense loops in
// another order, which the shape alone decides: the same bits on every
// processor that has_vector_fma().
//
// Weights and their gradient have a layout of their own: the channels of src in
// blocks of 32, the last one of 16 if that is enough, [block][O][3][3][width].
// No function allocates or throws. Buffers may not overlap.
// Source: docs/design/006-sparse-backward.md

#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace polytask::kernels {

struct SparseConvolution {
  int height = 0;  // of src
  int width = 0;
  int channels = 0;
  int filters = 0;
  int pad_top = 0;  // 0 to 2
  int pad_left = 0;
  int rows = 0;  // of the result: behind them diff is 0; even under a pool
  int columns = 0;
};

// The gradient as a pool of 2 x 2 leaves it.
struct PooledGradient {
  const float* diff = nullptr;           // [rows / 2, columns / 2, filters]
  const std::uint8_t* winner = nullptr;  // the same: 0 to 3, or kNoWinner
  float scale = 1.0f;                    // multiplies diff
};

// Whether this processor has what the functions below need: AVX2 with FMA, or
// AVX-512.
[[nodiscard]] bool has_vector_fma();

// Floats of the weights in their own layout, and of their gradient.
[[nodiscard]] std::size_t block_weights_count(const SparseConvolution& shape);
// Floats of scratch that each of the functions below may use.
[[nodiscard]] std::size_t scratch_count(const SparseConvolution& shape);

// kernel [3, 3, C, O] in that layout.
void pack_weights(const SparseConvolution& shape, std::span<const float> kernel,
                  float* packed);
// Adds packed weights to a kernel [3, 3, C, O].
void add_unpacked_weights(const SparseConvolution& shape, const float* packed,
                          std::span<float> kernel);

// Adds to `gradient`, which has the layout of packed weights.
void add_weights_gradient(const SparseConvolution& shape, const float* src,
                          const PooledGradient& from, float* gradient,
                          float* scratch);

// Adds the sum over all windows to diff_bias [O].
void add_bias_gradient(const SparseConvolution& shape,
                       const PooledGradient& from, float* diff_bias);

// Overwrites diff_src. Where `relu_result` is given and not above 0, diff_src
// becomes 0: the derivative of a relu that src came out of.
void data_gradient(const SparseConvolution& shape, const PooledGradient& from,
                   const float* packed, const float* relu_result,
                   float* diff_src, float* scratch);

// The same for diff [rows, columns, filters] with zeros in it. It pays while
// fewer than kWorthSkipping of them are not 0; see nonzero_share().
constexpr double kWorthSkipping = 0.6;
void add_weights_gradient(const SparseConvolution& shape, const float* src,
                          const float* diff, float* gradient, float* scratch);
void add_bias_gradient(const SparseConvolution& shape, const float* diff,
                       float* diff_bias);
void data_gradient(const SparseConvolution& shape, const float* diff,
                   const float* packed, const float* relu_result,
                   float* diff_src, float* scratch);

// The share of values that are not 0.
[[nodiscard]] double nonzero_share(std::span<const float> values);

}  // namespace polytask::kernels
