// A 2-D convolution with bias and an optional relu.
//
// src [H, W, C], dst [OH, OW, filters]; kernel [K, K, C, filters], bias
// [filters], as Keras has them. With padding same, OH = ceil(H / stride) and
// the zeros are shared out as Keras does: one more at the end when odd.
// Source: docs/math/layers.md#convolution

#pragma once

#include "polytask/layers/image_layer.h"
#include "polytask/onednn/convolution.h"

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
};

class ConvolutionLayer final : public ImageLayer {
 public:
  // Throws Fault::config for a size below 1, Fault::shape when src is not
  // [H, W, C] or the kernel does not fit into it.
  ConvolutionLayer(const ConvolutionLayerOptions& options, const Shape& src);

  [[nodiscard]] const ImageLayerSpec& spec() const override { return spec_; }
  void prepare(std::span<const std::span<const float>> parameters,
               float* prepared) const override;
  void forward(const ForwardPass& pass) const override;
  void backward(const BackwardPass& pass) const override;
  void unpack_gradient(
      const float* gradient,
      std::span<const std::span<float>> diff_parameters) const override;

 private:
  bool masks_relu_;
  onednn::Convolution convolution_;
  ImageLayerSpec spec_;
};

}  // namespace polytask
