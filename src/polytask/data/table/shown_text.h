// Text of a file that no one trusts, as a message may show it.

#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace polytask {

// In quotes, without what a terminal would obey, and cut behind 60 bytes: not
// a whole paragraph that a stray quote made.
[[nodiscard]] std::string shown_quoted(std::string_view text);

// "a, b, c" of the first 20, and how many more there are.
[[nodiscard]] std::string listed(const std::vector<std::string>& items);

}  // namespace polytask
