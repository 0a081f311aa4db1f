// A 3 x 3 convolution, its relu, a max pool of 2 x 2 and the dropout behind it,
// as one layer: what convolutional networks repeat.
//
// src [H, W, C], dst [OH / 2, OW / 2, filters]. Forward computes what the
// separate layers would. Backward goes further: the gradient of the
// convolution's result is never written out, for at least three quarters of it
// are zeros; kernels/sparse_convolution.h walks the rest.
// Source: docs/design/006-sparse-backward.md, docs/math/layers.md

#pragma once

#include <optional>

#include "polytask/kernels/max_pool.h"
#include "polytask/kernels/sparse_convolution.h"
#include "polytask/layers/banded_convolution.h"
#include "polytask/layers/dropout_layer.h"
#include "polytask/layers/image_layer.h"

namespace polytask {

struct PooledConvolutionLayerOptions {
  std::string name;  // of the convolution
  std::string pool_name;
  int filters = 0;
  bool same_padding = false;
  bool relu = false;
  std::optional<DropoutLayerOptions> dropout;  // filters: a multiple of 8
  // src is a relu's result whose mask backward applies here: see
  // ConvolutionLayerOptions::relu_masked_by_next.
  bool masks_src_relu = false;
  bool with_backward = true;
  bool with_diff_src = true;

  // As ConvolutionLayerOptions has them, `read` of the pool's result.
  Extent whole_src;
  Extent read;
  // 0: for one thread, as many as keep a band's result in its cache until it is
  // pooled.
  int bands = 0;
};

class PooledConvolutionLayer final : public ImageLayer {
 public:
  // Whether a layer of these sizes can be built here and pays: the processor
  // has the vectors for it and src is not just the three colours of an image.
  [[nodiscard]] static bool pays(int channels, int kernel_size, int stride,
                                 int pool_size);
  // Why it does not, in a few words; empty when it does.
  [[nodiscard]] static std::string obstacle(int channels, int kernel_size,
                                            int stride, int pool_size);

  // Throws Fault::config and Fault::shape as the separate layers do.
  PooledConvolutionLayer(const PooledConvolutionLayerOptions& options,
                         const Shape& src);

  [[nodiscard]] const ImageLayerSpec& spec() const override { return spec_; }
  [[nodiscard]] int prepare_parts() const override;
  void prepare_part(int part,
                    std::span<const std::span<const float>> parameters,
                    float* prepared) const override;
  void forward(const ForwardPass& pass) const override;
  [[nodiscard]] int bands() const override;
  void forward_band(int band, const ForwardPass& pass) const override;
  [[nodiscard]] RowBand written_by(int band) const override;
  [[nodiscard]] RowBand read_by(int band) const override;
  void backward(const BackwardPass& pass) const override;
  void backward_weights(const BackwardPass& pass) const override;
  void backward_data(const BackwardPass& pass) const override;
  void unpack_gradient(
      const float* gradient,
      std::span<const std::span<float>> diff_parameters) const override;
  [[nodiscard]] std::optional<Survivors> survivors(
      const std::uint8_t* state) const override;

 private:
  void describe(const Shape& result);
  [[nodiscard]] std::span<std::uint8_t> dropout_bits_in(float* scratch) const;
  void draw_dropout(const ForwardPass& pass) const;
  void pool_band(int band, const ForwardPass& pass) const;
  [[nodiscard]] kernels::PooledGradient gradient_in(
      const BackwardPass& pass) const;

  PooledConvolutionLayerOptions options_;
  onednn::ConvolutionOptions geometry_;
  BandedConvolution banded_;  // forward only
  ImageLayerSpec spec_;
  kernels::PoolShape pool_;
  kernels::SparseConvolution shape_;
  std::size_t bits_offset_ = 0;  // floats: of the dropout's bits in scratch,
  std::size_t inner_scratch_offset_ = 0;  // of oneDNN's scratch,
  std::size_t packed_offset_ = 0;         // of our weights in prepared,
  std::size_t bias_offset_ = 0;           // of the bias in gradient
};

}  // namespace polytask
