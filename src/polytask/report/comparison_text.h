// A comparison as people read it and as programs read it.

#pragma once

#include <string>

#include "polytask/study/compare.h"

namespace polytask {

// A plain text table without colour, ending in a newline: for each network its
// tasks, each with both scores, their difference, its 95 % interval, its
// standard errors over seeds and images, and the verdict, and what would decide
// the undecided; then what the networks cost, and the advice.
[[nodiscard]] std::string comparison_table(const Comparison& comparison);

// The same as one JSON document (docs/cli.md), indented, ending in a newline.
// A number that is absent is null.
[[nodiscard]] std::string comparison_json(const Comparison& comparison);

}  // namespace polytask
