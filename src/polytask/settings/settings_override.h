// key=value on the command line, over what a recipe says.

#pragma once

#include <string_view>

#include "polytask/settings/settings.h"

namespace polytask {

// Sets one value of `root`. The value is read as YAML, so lists and maps work;
// nothing after "=" is null; what is not YAML, such as [x].h5, is text, and a
// '#' begins no comment. Its places are "command line".
//
//   train.epochs=5
//   tasks.scene.labels=[sea, sunset]
//   network.trunk.3.dropout.rate=.1     item 3 of a list, counted from 0
//
// Maps that are missing on the way are made; list items are not. Leaves `root`
// as it was when it throws.
//
// Throws Fault::config when this is not key=value, when the path leads into a
// scalar or beyond the end of a list, when the value has bytes that are no
// text or leaves a bracket open, and beyond the bounds of Settings.
void apply_override(Settings& root, std::string_view assignment);

}  // namespace polytask
