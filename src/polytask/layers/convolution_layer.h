// A 2-D convolution with bias and an optional relu.
//
// src [H, W, C], dst [OH, OW, filters]; kernel [K, K, C, filters], bias
// [filters], as Keras has them. With padding same, OH = ceil(H / stride) and
// the zeros are shared out as Keras does: one more at the end when odd.
// Source: docs/math/layers.md#convolution

#pragma once

#include "polytask/kernels/sparse_convolution.h"
#include "polytask/layers/banded_convolution.h"
#include "polytask/layers/image_layer.h"

namespace polytask {

struct ConvolutionLayerOptions {
  std::string name;
  int filters = 0;
  int kernel_size = 0;
  int stride = 1;
  bool same_padding = false;
  bool relu = false;
  // The next layer masks the gradient with relu's derivative, so this one need
  // not, and dst need not be kept for it.
  bool relu_masked_by_next = false;
  bool with_backward = true;
  bool with_diff_src = true;  // false for the first layer
  // Backward walks lists of what relu has let through, where that is little:
  // see kernels/sparse_convolution.h. Needs can_skip_zeros().
  bool skip_zeros = false;

  // The image of which src is what this layer reads, and how much of its result
  // someone reads: padding and borders are those of the whole image.
  Extent whole_src;
  Extent read;
  // Forward in at most so many bands, without backward.
  int bands = 1;
  // Backward of so many images at once, where oneDNN wants the same weights for
  // it; see BackwardPass::images.
  int micro_batch = 1;
};

class ConvolutionLayer final : public ImageLayer {
 public:
  // Whether this processor can skip zeros in a layer of these sizes, and src is
  // not just the three colours of an image.
  [[nodiscard]] static bool can_skip_zeros(int channels, int kernel_size,
                                           int stride);

  // What oneDNN is asked for. Throws Fault::config for a size below 1,
  // Fault::shape when src is not [H, W, C] or the kernel does not fit into it.
  [[nodiscard]] static onednn::ConvolutionOptions geometry(
      const ConvolutionLayerOptions& options, const Shape& src);

  // Throws as geometry().
  ConvolutionLayer(const ConvolutionLayerOptions& options, const Shape& src);

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
  void begin_backward(const BackwardPass& pass) const override;
  void backward_weights(const BackwardPass& pass) const override;
  void backward_data(const BackwardPass& pass) const override;
  void unpack_gradient(
      const float* gradient,
      std::span<const std::span<float>> diff_parameters) const override;

 private:
  // Of diff_dst, which has been masked: the share of its elements that backward
  // computes for; 1 where oneDNN takes them all.
  [[nodiscard]] double computed_share(const BackwardPass& pass) const;
  void backward_one_by_one(const BackwardPass& pass) const;
  void add_gradient(const BackwardPass& pass, double share) const;
  void find_diff_src(const BackwardPass& pass, double share) const;

  void plan_lists(const ConvolutionLayerOptions& options, const Shape& src);
  void forward_micro_batch(const ForwardPass& pass) const;
  void plan_group(const ConvolutionLayerOptions& options, const Shape& src);
  [[nodiscard]] const onednn::Convolution& backward_of(int images) const;

  bool masks_relu_;
  bool skips_zeros_;
  BandedConvolution banded_;
  int micro_batch_ = 1;
  std::optional<onednn::Convolution> micro_batched_;  // where micro_batch_ > 1
  kernels::SparseConvolution sparse_;
  ImageLayerSpec spec_;
  std::size_t packed_offset_ = 0;    // floats: our weights in prepared,
  std::size_t gradient_offset_ = 0;  // their gradient in gradient,
  std::size_t bias_offset_ = 0;      // and the bias's behind it
};

}  // namespace polytask
