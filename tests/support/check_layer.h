#pragma once

#include <span>
#include <vector>

#include "polytask/layers/image_layer.h"

namespace polytask::test {

struct LayerCheck {
  unsigned seed = 1;
  // No two values of src are closer than this (a power of two), so that a
  // maximum is clear; 0 draws each value on its own.
  float apart = 0.0f;
  bool needs_diff_src = true;  // false for a layer built without it
};

// The proof every layer of the image pipeline owes. With random src, parameters
// and diff_dst, in training:
//
//   1. forward writes every element of dst            (dst starts as NaN)
//   2. backward writes every gradient, all of diff_src   (they start as NaN)
//   3. each gradient equals the central difference of dot(dst, diff_dst)
//   4. a second backward gives the same bits          (no hidden state)
//   5. the first image overwrites the gradient, a second one adds to it
//   6. bands and parts, in any order, give the bits of the whole, and a band
//      reads and writes no other rows than it names
//   7. every buffer is exactly as long as the spec says (guards behind them)
//
// Inputs keep away from relu's kink by themselves; for a maximum say `apart`.
// Seeded; a failure names the layer, the tensor and the element.
void check_layer(const ImageLayer& layer, const LayerCheck& check = {});

}  // namespace polytask::test
