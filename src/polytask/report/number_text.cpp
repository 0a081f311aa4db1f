#include "polytask/report/number_text.h"

#include <array>
#include <charconv>
#include <cmath>

namespace polytask {
namespace {

template <class... Format>
std::string text(double value, Format... format) {
  std::array<char, 512> buffer{};  // The longest double has 309 digits.
  const auto [end, error] = std::to_chars(
      buffer.data(), buffer.data() + buffer.size(), value, format...);
  return error == std::errc() ? std::string(buffer.data(), end) : std::string();
}

}  // namespace

std::string fixed_text(double value, int decimals) {
  return text(value, std::chars_format::fixed, decimals);
}

std::string scientific_text(double value, int decimals) {
  return text(value, std::chars_format::scientific, decimals);
}

std::string significant_text(double value, int digits) {
  return text(value, std::chars_format::general, digits);
}

std::string shortest_text(double value) {
  return std::isfinite(value) ? text(value) : std::string();
}

}  // namespace polytask
