// Inverted dropout: in training each element is kept with probability 1 - rate
// and then divided by it; outside training the layer changes nothing.
//
// src and dst have the same shape, any rank.
// Source: Srivastava et al., "Dropout", JMLR 15 (2014); docs/math/layers.md.

#pragma once

#include "polytask/layers/image_layer.h"

namespace polytask {

struct DropoutLayerOptions {
  std::string name;
  double rate = 0.5;          // share that is dropped, 0 <= rate < 1
  std::uint32_t address = 0;  // unique in the network: part of the random key
};

class DropoutLayer final : public ImageLayer {
 public:
  // Throws Fault::config when the rate is out of range.
  DropoutLayer(const DropoutLayerOptions& options, const Shape& src);

  [[nodiscard]] const ImageLayerSpec& spec() const override { return spec_; }
  void forward(const ForwardPass& pass) const override;
  void backward(const BackwardPass& pass) const override;

 private:
  DropoutLayerOptions options_;
  ImageLayerSpec spec_;
};

}  // namespace polytask
