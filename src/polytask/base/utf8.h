// UTF-8, as far as checking and escaping text needs it.

#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace polytask {

struct Utf8Character {
  char32_t code = 0;
  std::size_t bytes = 0;  // 0 when there is no well-formed character here
};

// The character at the front of `text`. Overlong forms, surrogates and
// numbers above U+10FFFF are not well-formed.
// Source: RFC 3629, section 4.
[[nodiscard]] Utf8Character first_character(std::string_view text);

// The index of the first byte that does not begin or continue a well-formed
// character, or is a control character other than tab, line feed and carriage
// return; the size of `text` when there is none.
[[nodiscard]] std::size_t first_byte_that_is_not_text(std::string_view text);

// True for UTF-8 without control characters: what a name should be.
[[nodiscard]] bool is_plain_text(std::string_view text);

// `text` as a terminal may show it: '?' in the place of every character that a
// terminal would obey or that hides or turns what a reader sees (control
// characters and escape sequences, line ends, marks of direction, characters
// of no width), and of every byte that is not UTF-8. The one form in which
// names from files and users are printed.
[[nodiscard]] std::string printable(std::string_view text);

// The same for text of several lines: a line end stays where an indented line
// follows, as in the messages that list problems, or nothing.
[[nodiscard]] std::string printable_lines(std::string_view text);

// A JSON document that means the same and whose every line is printable: such
// characters are written as \u escapes, bytes that are not UTF-8 as U+FFFD.
[[nodiscard]] std::string printable_json(std::string_view json);

// `text` with every byte that is not printable ASCII shown as '?', at most
// 200 of them: what a message may quote of a file no one trusts.
[[nodiscard]] std::string printable_ascii(std::string_view text);

}  // namespace polytask
