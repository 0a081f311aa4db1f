// Max pooling over square windows that do not overlap.
//
// src [H, W, C], dst [H / pool, W / pool, C]. A tie goes to the first element
// of the window in row order.
// Source: docs/math/layers.md#max-pooling

#pragma once

#include "polytask/kernels/max_pool.h"
#include "polytask/layers/banded_convolution.h"
#include "polytask/layers/image_layer.h"

namespace polytask {

struct MaxPoolingLayerOptions {
  std::string name;
  int pool_size = 2;  // 2 to 15
  // src is a relu's result whose mask backward applies here: see
  // ConvolutionLayerOptions::relu_masked_by_next.
  bool masks_relu = false;
  int bands = 1;  // forward in at most so many
};

class MaxPoolingLayer final : public ImageLayer {
 public:
  // Throws Fault::config for a pool size that is not allowed, Fault::shape when
  // src is not an image or smaller than one window.
  MaxPoolingLayer(const MaxPoolingLayerOptions& options, const Shape& src);

  [[nodiscard]] const ImageLayerSpec& spec() const override { return spec_; }
  void forward(const ForwardPass& pass) const override;
  [[nodiscard]] int bands() const override;
  void forward_band(int band, const ForwardPass& pass) const override;
  [[nodiscard]] RowBand written_by(int band) const override;
  [[nodiscard]] RowBand read_by(int band) const override;
  void backward(const BackwardPass& pass) const override;
  [[nodiscard]] std::optional<Survivors> survivors(
      const std::uint8_t* state) const override;

 private:
  bool masks_relu_;
  ImageLayerSpec spec_;  // before shape_, which relies on its checks
  kernels::PoolShape shape_;
  std::vector<RowBand> bands_;  // of dst
};

}  // namespace polytask
