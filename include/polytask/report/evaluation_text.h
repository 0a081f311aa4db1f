// An evaluation as people read it and as programs read it.

#pragma once

#include <string>

#include "polytask/metrics/evaluation.h"

namespace polytask {

// A plain text table without colour, ending in a newline: the loss; then for
// each task its metrics, each with baseline, 95 % interval and n; its labels
// with precision, recall, f1, the baseline's f1, support and missing; and
// their confusion matrices. "undefined (n = 0)" stands where a value is absent.
// At most 80 columns wide unless a name is too long for that. Characters of
// names that a terminal would obey are shown as '?'.
[[nodiscard]] std::string evaluation_table(const Evaluation& evaluation);

// The document of evaluation.json (docs/formats/evaluation.md), indented,
// ending in a newline. A value that is absent or not finite is null and has
// a "reason"; what is not UTF-8 in a name is replaced.
[[nodiscard]] std::string evaluation_json(const Evaluation& evaluation);

}  // namespace polytask
