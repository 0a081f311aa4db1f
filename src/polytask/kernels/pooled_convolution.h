// Backward of a 3 x 3 convolution that a max pool of 2 x 2 follows.
//
//   diff[y, x, o]           gradient of the convolution's result: the pool's
//                           gradient at each window's winner, else 0
//   diff_kernel[i, j, c, o] = sum over y, x of
//                             src[y + i - pad_top, x + j - pad_left, c] *
//                             diff[y, x, o]
//   diff_src[y, x, c]       = sum over i, j, o of
//                             diff[y + pad_top - i, x + pad_left - j, o] *
//                             kernel[i, j, c, o]
//
// At least three quarters of diff are 0, and no product with a 0 is computed:
// the winners are put into lists and the lists are walked. The sums are those
// of the dense loops in another order, which the shape alone decides: the same
// bits on every processor that has_vector_fma().
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

struct PooledConvolution {
  int height = 0;  // of src
  int width = 0;
  int channels = 0;
  int filters = 0;
  int pad_top = 0;  // 0 to 2
  int pad_left = 0;
  int rows = 0;  // of the pool's result
  int columns = 0;
};

// The gradient as the pool leaves it.
struct PooledGradient {
  const float* diff = nullptr;           // [rows, columns, filters]
  const std::uint8_t* winner = nullptr;  // the same: 0 to 3, or kNobody
  float scale = 1.0f;                    // multiplies diff
};

// Whether this processor has what the functions below need: AVX2 with FMA, or
// AVX-512.
[[nodiscard]] bool has_vector_fma();

// Floats of the weights in their own layout, and of their gradient.
[[nodiscard]] std::size_t block_weights_count(const PooledConvolution& shape);
// Floats of scratch that each of the functions below may use.
[[nodiscard]] std::size_t scratch_count(const PooledConvolution& shape);

// kernel [3, 3, C, O] to and from that layout.
void pack_weights(const PooledConvolution& shape, std::span<const float> kernel,
                  float* packed);
void unpack_weights(const PooledConvolution& shape, const float* packed,
                    std::span<float> kernel);

// Adds to `gradient`, which has the layout of packed weights.
void add_weights_gradient(const PooledConvolution& shape, const float* src,
                          const PooledGradient& from, float* gradient,
                          float* scratch);

// Adds the sum over all windows to diff_bias [O].
void add_bias_gradient(const PooledConvolution& shape,
                       const PooledGradient& from, float* diff_bias);

// Overwrites diff_src. Where `relu_result` is given and not above 0, diff_src
// becomes 0: the derivative of a relu that src came out of.
void data_gradient(const PooledConvolution& shape, const PooledGradient& from,
                   const float* packed, const float* relu_result,
                   float* diff_src, float* scratch);

}  // namespace polytask::kernels
