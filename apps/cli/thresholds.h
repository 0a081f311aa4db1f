// --threshold: which probabilities of labels are a yes, for one call.

#pragma once

#include <optional>
#include <string>
#include <vector>

#include "polytask/task/task.h"

namespace polytask::cli {

// What --threshold says in `--help`.
inline constexpr const char* kThresholdHelp =
    "LABEL=NUMBER: a probability above it is a yes; a number alone is\n"
    "for every label; task/label=NUMBER where several tasks have labels";

// "sea=.3", "scene/sea=.3", or ".3" for every label; the last one counts.
// Throws Fault::config with every problem: a label that is not there or is of
// several tasks, a number that is not 0 to 1.
void apply_thresholds(const std::vector<std::string>& words,
                      std::vector<Task>& tasks);

// ".3" as .3; nothing for what is no number of 0 to 1.
[[nodiscard]] std::optional<double> threshold_in(const std::string& text);

}  // namespace polytask::cli
