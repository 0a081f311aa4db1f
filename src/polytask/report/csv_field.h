// One field of a CSV line.

#pragma once

#include <string>

namespace polytask {

// Quoted as RFC 4180 says when the text holds a comma, a quote or a line end;
// else as it is.
[[nodiscard]] std::string csv_field(const std::string& text);

}  // namespace polytask
