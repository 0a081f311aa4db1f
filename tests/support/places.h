// Where the sources and the program of this build are.

#pragma once

#include <string>

namespace polytask::test {

// A file of the sources, such as "tests/golden/split.json".
[[nodiscard]] std::string source_path(const std::string& file);

// The command that was built beside the tests.
[[nodiscard]] std::string polytask_program();

}  // namespace polytask::test
