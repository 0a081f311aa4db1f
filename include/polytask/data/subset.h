// A part of a data set, in an order of its own: a view, nothing is copied.

#pragma once

#include <cstdint>
#include <vector>

#include "polytask/data/dataset.h"

namespace polytask {

// Image i of the view is image indices[i] of `data`, and keeps its name. An
// index may appear more than once.
// Throws Fault::shape when there is no data or an index is out of range.
[[nodiscard]] DatasetPtr subset(DatasetPtr data,
                                std::vector<std::int64_t> indices);

}  // namespace polytask
