// Text that no one has vouched for, inside HTML and SVG.

#pragma once

#include <string>
#include <string_view>

namespace polytask {

// For element content and for attribute values in double or single quotes:
// & < > " ' become character references; control characters and bytes that are
// no UTF-8 become U+FFFD.
[[nodiscard]] std::string html_text(std::string_view text);

// About how many columns of a monospaced font the text takes, as written: two
// for each character from U+1100 on (ideographs and their like).
[[nodiscard]] int text_columns(std::string_view text);

// The text where it fits into so many columns, else its beginning and an
// ellipsis; nothing is escaped.
[[nodiscard]] std::string shortened_text(std::string_view text, int columns);

}  // namespace polytask
