// Text in columns: names may hold any UTF-8.

#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace polytask {

// `text` with every control character and every byte that is not UTF-8 as '?':
// safe to show on a terminal.
[[nodiscard]] std::string printable(std::string_view text);

// Columns that printable text takes: none for combining marks, two for wide
// East Asian characters and emoji, one for all others.
[[nodiscard]] std::size_t display_width(std::string_view text);

// Filled up with spaces to `width` columns; longer text is left alone.
[[nodiscard]] std::string left(std::string_view text, std::size_t width);
[[nodiscard]] std::string right(std::string_view text, std::size_t width);

}  // namespace polytask
