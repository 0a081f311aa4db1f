// A 2-D convolution of one image, or of several that lie behind one another,
// with bias and optionally relu, over oneDNN.
//
//   dst[y, x, o] = act(bias[o] + sum over i, j, c of
//                  src[y * s + i - pad_top, x * s + j - pad_left, c] *
//                  kernel[i, j, c, o])
//
// src [H, W, C] and dst [OH, OW, O] are row-major. The kernel is [KH, KW, C,
// O], as Keras has it; oneDNN wants its own layouts, so a caller packs it once
// after each change (`prepare`) and gradients come back in oneDNN's layout
// until `unpack_gradient`.
//
// Constructing plans and may throw; everything else is const, neither throws
// nor keeps state, and may run in several threads at once, each with scratch of
// its own. No buffers may overlap.

#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "polytask/tensor/weight_tiles.h"

namespace polytask::onednn {

struct ConvolutionOptions {
  int images = 1;
  int height = 0;  // of src
  int width = 0;
  int channels = 0;
  int filters = 0;
  int kernel_height = 0;
  int kernel_width = 0;
  int stride = 1;
  int pad_top = 0;
  int pad_left = 0;
  int pad_bottom = 0;
  int pad_right = 0;
  bool relu = false;          // applied to dst by forward
  bool with_backward = true;  // false: forward only, for inference
  bool with_diff_src = true;  // false: no one needs the gradient of src
};

// OH and OW.
[[nodiscard]] int result_rows(const ConvolutionOptions& options);
[[nodiscard]] int result_columns(const ConvolutionOptions& options);

class Convolution {
 public:
  // Throws Fault::backend, naming `owner`, when oneDNN has no implementation.
  Convolution(std::string_view owner, const ConvolutionOptions& options);
  ~Convolution();
  Convolution(Convolution&&) noexcept;
  Convolution& operator=(Convolution&&) noexcept;

  // Sizes of the caller's buffers, in floats.
  [[nodiscard]] std::size_t prepared_count() const;
  [[nodiscard]] std::size_t gradient_count() const;
  [[nodiscard]] std::size_t scratch_count() const;

  // "forward brgconv:avx512_core, backward data jit:avx512_core, ..."
  [[nodiscard]] std::string implementation() const;

  // Whether forward of both reads the same `prepared`.
  [[nodiscard]] bool same_forward_layout(const Convolution& other) const;
  // Whether backward of both reads the same `prepared`, writes the same
  // `gradient`.
  [[nodiscard]] bool same_backward_layout(const Convolution& other) const;

  // Overwrites `prepared` from kernel and bias: all of it, or the parts that
  // several threads may do at once.
  void prepare(std::span<const float> kernel, std::span<const float> bias,
               float* prepared) const;
  [[nodiscard]] int prepare_parts() const;
  void prepare_part(int part, std::span<const float> kernel,
                    std::span<const float> bias, float* prepared) const;

  // Where a kernel, or its gradient, lies for those who pack it themselves:
  // from `offset` floats on, in `tiles`. None where oneDNN wants another
  // layout.
  struct Tiled {
    std::size_t offset = 0;
    WeightTiles tiles;
  };
  [[nodiscard]] std::optional<Tiled> prepared_tiles(int part) const;
  [[nodiscard]] std::optional<Tiled> gradient_tiles() const;
  // The bias belongs to part 0.
  void prepare_bias(std::span<const float> bias, float* prepared) const;
  void unpack_bias(const float* gradient, std::span<float> diff_bias) const;

  // Overwrites dst.
  void forward(const float* src, const float* prepared, float* dst,
               float* scratch) const;

  // diff_dst is the gradient before the relu: the caller has masked it.
  // Overwrites diff_src, and `gradient`, respectively.
  void backward_data(const float* diff_dst, const float* prepared,
                     float* diff_src, float* scratch) const;
  void backward_weights(const float* src, const float* diff_dst,
                        float* gradient, float* scratch) const;

  // Overwrites diff_kernel and diff_bias from a sum of gradients.
  void unpack_gradient(const float* gradient, std::span<float> diff_kernel,
                       std::span<float> diff_bias) const;

 private:
  struct Primitives;
  std::unique_ptr<const Primitives> primitives_;
};

}  // namespace polytask::onednn
