// What to tell a person about text that is not YAML.

#pragma once

#include <string>
#include <string_view>

namespace polytask {

struct TextPosition {
  int line = 0;    // counted from 0
  int column = 0;  // counted from 0, in bytes
};

// `blog.yaml:2:5: expected YAML, found "b: c: d"; check the indentation, ...`:
// the position counted from 1, the line it is in, and what to do. `words` are
// the parser's own; they stand where there is nothing better to say.
[[nodiscard]] std::string yaml_complaint(std::string_view yaml,
                                         std::string_view file_name,
                                         TextPosition position,
                                         const std::string& words);

// Whether the scalar at this position has its closing quote; true when it has
// no opening one.
[[nodiscard]] bool quotes_are_closed(std::string_view yaml,
                                     TextPosition position);

}  // namespace polytask
