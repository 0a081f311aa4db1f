// Small pieces of text work that messages need.

#pragma once

#include <sstream>
#include <string>
#include <string_view>
#include <vector>

namespace polytask {

// Everything printed after one another: cat("row ", 7) is "row 7".
template <class... Parts>
[[nodiscard]] std::string cat(const Parts&... parts) {
  std::ostringstream out;
  out.exceptions(std::ios::badbit);  // else a lack of memory cuts the text
  (out << ... << parts);
  return std::move(out).str();
}

// The candidate closest to `word` by edit distance, or "" when none is close
// enough to be a slip of the finger (more than a third of the word differs).
[[nodiscard]] std::string nearest(std::string_view word,
                                  const std::vector<std::string>& candidates);

// "a, b, c"
[[nodiscard]] std::string join(const std::vector<std::string>& items,
                               std::string_view separator = ", ");

// One line per problem, for the one throw that reports all of them.
[[nodiscard]] std::string bullet_list(const std::vector<std::string>& problems);

}  // namespace polytask
