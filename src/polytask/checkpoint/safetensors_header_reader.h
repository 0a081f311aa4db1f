// The JSON of a safetensors header, read in one pass that builds no document.

#pragma once

#include <string>
#include <string_view>

#include "polytask/checkpoint/safetensors_header.h"

namespace polytask {

// The metadata and the tensors in the order of the text; the offsets are still
// unchecked. Throws Fault::data for anything but the one structure the format
// has: other keys, other types, keys that appear twice, deeper nesting, a type
// of tensor that is not F32.
[[nodiscard]] Header read_header_json(std::string_view json,
                                      const std::string& place);

}  // namespace polytask
