// Resizing with an antialiased bilinear filter, to the bit as the versions of
// Pillow up to 12 do in Image.resize((width, height), Image.BILINEAR). Version
// 13 sometimes takes the axes in the other order: at most one grey level apart.
//
// One axis at a time, first along rows, then along columns. With
// scale = source length / result length and radius r = max(scale, 1), pixel i
// of the result is the weighted mean of the source pixels k around its centre
// c = (i + 1/2) * scale:
//
//   w(k) = max(0, 1 - |k + 1/2 - c| / r), divided by the sum of w
//
// So shrinking averages all pixels that fall together instead of picking a
// few, and growing is plain bilinear interpolation. Outside of the image there
// is nothing: near an edge the weights of the pixels that exist sum to 1.
//
// Weights are fixed-point numbers of 22 fractional bits and each axis rounds
// to 8 bits, so the result is the same on every machine. The aspect ratio is
// whatever the sizes say.

#pragma once

#include "polytask/data/image_file.h"

namespace polytask {

struct ImageSize {
  int height = 0;  // pixels
  int width = 0;   // pixels
};

// Throws Fault::shape when `to` is not 1 to kMaxImageSide a side, or exceeds
// kMaxImagePixels, or the image that is resized along rows only does.
void require_resize(const ImageSize& from, const ImageSize& to);

// The image at another size; one of the same size is a copy.
//   height, width   pixels, 1 to kMaxImageSide
// Throws Fault::shape as require_resize does, and when `image` is not [H, W, C]
// with C = 1 or 3 and at least one pixel.
[[nodiscard]] Image resize_bilinear(const Image& image, int height, int width);

}  // namespace polytask
