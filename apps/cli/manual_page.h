// polytask(1), made of the same texts as the help.

#pragma once

#include <string>

namespace polytask::cli {

// In man's macros, which groff and mandoc read.
[[nodiscard]] std::string manual_page();

}  // namespace polytask::cli
