// JSON from a file that may be hostile. A document in memory takes up to
// seventy times its text, so it is bounded while it is built.

#pragma once

#include <cstddef>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

namespace polytask {

struct JsonBounds {
  int depth = 1;           // of lists and maps in one another
  std::size_t values = 1;  // of all kinds, lists and maps included
};

// Throws Fault::data, with `place` first, for text that is no JSON, and at the
// first value beyond the bounds.
[[nodiscard]] nlohmann::json parse_bounded_json(std::string_view text,
                                                const JsonBounds& bounds,
                                                const std::string& place);

}  // namespace polytask
