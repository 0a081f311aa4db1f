// A data set at another size: what a model that wants images of its own size
// sees of one that has others.

#pragma once

#include "polytask/data/dataset.h"

namespace polytask {

// A view whose images are resized as they are read: pixels of uint8 as
// resize.h says, to the bit; those of float32 by the same weights, without
// rounding in between. `data` itself when it has this size already.
//   height, width   pixels
// Throws Fault::shape when the size is impossible (resize.h).
[[nodiscard]] DatasetPtr resized(DatasetPtr data, int height, int width);

}  // namespace polytask
