#include "polytask/base/number_text.h"

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

std::string table_text(double value) {
  const double size = std::abs(value);
  if (!(size >= 99.99995)) return fixed_text(value, 4);  // nan, too
  if (size < 9999.995) return fixed_text(value, 2);
  return size < 9999999.5 ? fixed_text(value, 0) : scientific_text(value, 1);
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
