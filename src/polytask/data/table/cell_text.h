// What the text in a cell of a table says. Each function takes the text without
// blanks around it.

#pragma once

#include <optional>
#include <string_view>

namespace polytask {

// Without the blanks, tabs and no-break spaces at both ends.
[[nodiscard]] std::string_view without_blanks(std::string_view cell);

// A finite decimal number, as exact as a double is: "12", "+1.5", "1e-3".
//   decimal_comma   "2,5" is one as well
[[nodiscard]] std::optional<double> number_in(std::string_view text,
                                              bool decimal_comma = false);

// 1, true and yes; 0, false and no; in any case, and 1.0 for 1.
[[nodiscard]] std::optional<bool> yes_or_no_in(std::string_view text);

// Where labels and numbers are expected: empty, na, n/a, #n/a, <na>, nan, null
// and none, in any case.
[[nodiscard]] bool is_missing_answer(std::string_view text);

// Where names of classes are expected, of which "none" may be one: empty, and
// the spellings that programs write: NA, N/A, n/a, #N/A, <NA>, NaN, nan, null,
// NULL, None.
[[nodiscard]] bool is_missing_class(std::string_view text);

}  // namespace polytask
