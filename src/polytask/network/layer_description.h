// What a plan says of one layer, for people and for reports.

#pragma once

#include <cstddef>
#include <string>

#include "polytask/tensor/shape.h"

namespace polytask {

struct LayerDescription {
  std::string name;            // "conv2d_1", as in LayerTime
  Shape src;                   // of one image
  Shape dst;                   //
  std::string implementation;  // who computes each pass
  std::string reason;          // why: "oneDNN: 3 channels only"

  std::size_t parameters = 0;

  // Multiplications and additions for one image, borders included; of backward
  // as if no gradient were 0, and for all its passes: one, or one per task.
  double forward_flops = 0.0;
  double backward_flops = 0.0;
  bool backward_skips_zeros = false;  // see ImageLayerSpec
  int forward_runs = 1;  // a step: more when backward computes it again

  std::size_t weight_bytes = 0;    // of the parameters
  std::size_t prepared_bytes = 0;  // of what is made of them for the kernels
  // Of what forward leaves for backward, for a whole batch; each array stands
  // with the layer that writes it.
  std::size_t kept_bytes = 0;
};

}  // namespace polytask
