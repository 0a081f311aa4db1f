// Numbers as text, the same whatever the locale.

#pragma once

#include <string>

namespace polytask {

// "0.6525"
[[nodiscard]] std::string fixed_text(double value, int decimals);

// A number of a table, in at most eight columns: "0.6525", "-98.7654",
// "1234.57", "1234568", "1.2e+08".
[[nodiscard]] std::string table_text(double value);

// "1.2300e-05"
[[nodiscard]] std::string scientific_text(double value, int decimals);

// In at most `digits` significant digits: "0.25", "1e-07".
[[nodiscard]] std::string significant_text(double value, int digits);

// The shortest text that reads back to the same number; "" when not finite.
[[nodiscard]] std::string shortest_text(double value);

}  // namespace polytask
