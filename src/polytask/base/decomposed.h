// One form for names that Unicode writes in two ways.
//
// "é" is one character, or "e" and a mark; both look the same and are equal to
// a person. Keyboards and most systems write the first, file names of macOS
// and what was unpacked from its archives are the second.

#pragma once

#include <string>
#include <string_view>

namespace polytask {

// `text` with every letter of the Latin, Greek and Cyrillic alphabets, of kana
// and Hangul that has marks written as letter and marks (Unicode's form NFD of
// these); everything else, and bytes that are no UTF-8, as they are.
[[nodiscard]] std::string decomposed(std::string_view text);

}  // namespace polytask
