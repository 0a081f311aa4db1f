// Text in columns: names may hold any UTF-8.

#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "polytask/base/utf8.h"

namespace polytask {

// Columns that printable text takes: none for combining marks, two for wide
// East Asian characters and emoji, one for all others.
[[nodiscard]] std::size_t display_width(std::string_view text);

// As many characters from the front as take at most `width` columns.
[[nodiscard]] std::string clipped(std::string_view text, std::size_t width);

// Filled up with spaces to `width` columns; longer text is left alone.
[[nodiscard]] std::string left(std::string_view text, std::size_t width);

// A cell of a table behind another one: spaces, then the text, to `width`
// columns. Two spaces at least, also before text that needs more columns, so
// that no two cells run together.
[[nodiscard]] std::string right(std::string_view text, std::size_t width);

}  // namespace polytask
