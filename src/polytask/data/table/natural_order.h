// The order in which people list numbered files: 2.jpg before 10.jpg.

#pragma once

#include <string_view>

namespace polytask {

// A strict order: runs of digits compare as numbers, everything else byte by
// byte; names equal that way ("01", "1") compare byte by byte as a whole.
[[nodiscard]] bool comes_before(std::string_view a, std::string_view b);

}  // namespace polytask
