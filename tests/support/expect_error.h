#pragma once

#include <functional>
#include <string>
#include <vector>

#include "polytask/base/error.h"

namespace polytask::test {

// Expects `action` to throw an Error of this fault with exactly this text.
void expect_error(Fault fault, const std::string& message,
                  const std::function<void()>& action);

// The same, for texts that hold a path or a system's own words: every part
// must appear.
void expect_error_parts(Fault fault, const std::vector<std::string>& parts,
                        const std::function<void()>& action);

}  // namespace polytask::test
