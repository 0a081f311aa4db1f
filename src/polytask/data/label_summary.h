// How often each label occurs, and what a split leaves too little of.

#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "polytask/data/dataset.h"

namespace polytask {

// observed + missing = images; negative = observed - positive.
struct LabelSummary {
  std::string label;
  std::int64_t observed = 0;  // images that say 0 or 1
  std::int64_t positive = 0;  // images that say 1
  std::int64_t missing = 0;   // images that do not say
};

// One per label, in column order. Reads every target.
[[nodiscard]] std::vector<LabelSummary> label_summary(const Dataset& data);

// A sentence for each label that a part has never, always, or no word about:
// training cannot learn it there, and validation cannot judge it. Empty when
// all is well.
[[nodiscard]] std::vector<std::string> split_warnings(
    const Dataset& train, const Dataset& validation);
// The same where all images are trained on.
[[nodiscard]] std::vector<std::string> split_warnings(const Dataset& train);

}  // namespace polytask
