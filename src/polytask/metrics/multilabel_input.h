// What evaluate.h promises about its input: checked, and completed with what
// may be left out.

#pragma once

#include <vector>

#include "polytask/metrics/evaluate.h"

namespace polytask {

struct CheckedInput {
  std::vector<double> thresholds;  // [L]
  std::vector<double> prior;       // [L], finite; 0 where nothing is known
};

// Throws as evaluate_multilabel.
[[nodiscard]] CheckedInput checked(const MultilabelInput& input);

}  // namespace polytask
