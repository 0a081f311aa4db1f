// Names of labels, as files and recipes give them.

#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "polytask/base/error.h"

namespace polytask {

constexpr std::size_t kLongestLabelName = 1024;  // bytes

// Throws `fault` unless there are `count` names, all different, none empty
// or beyond kLongestLabelName, all plain text. The message names every problem.
//   place   where the names stand: "scenes.h5: attribute \"labels\" of \"y\""
void check_label_names(const std::vector<std::string>& names, std::size_t count,
                       const std::string& place, Fault fault);

// label_0, label_1, ...
[[nodiscard]] std::vector<std::string> default_label_names(std::size_t count);

}  // namespace polytask
