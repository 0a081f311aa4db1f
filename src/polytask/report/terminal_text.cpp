#include "polytask/report/terminal_text.h"

#include <algorithm>
#include <iterator>

namespace polytask {
namespace {

struct Range {
  char32_t first, last;
};

bool is_in(char32_t value, const Range* begin, const Range* end) {
  return std::any_of(begin, end, [&](const Range& range) {
    return value >= range.first && value <= range.last;
  });
}

std::size_t width_of(char32_t value) {
  static constexpr Range kMarks[] = {
      {0x300, 0x36F}, {0x200B, 0x200F}, {0x20D0, 0x20FF}, {0xFE00, 0xFE0F}};
  static constexpr Range kWide[] = {
      {0x1100, 0x115F}, {0x2E80, 0xA4CF},   {0xAC00, 0xD7A3},
      {0xF900, 0xFAFF}, {0xFE30, 0xFE6F},   {0xFF00, 0xFF60},
      {0xFFE0, 0xFFE6}, {0x1F300, 0x1FAFF}, {0x20000, 0x3FFFD}};
  if (is_in(value, std::begin(kMarks), std::end(kMarks))) return 0;
  return is_in(value, std::begin(kWide), std::end(kWide)) ? 2 : 1;
}

std::string spaces(std::string_view text, std::size_t width) {
  const std::size_t taken = display_width(text);
  return std::string(taken < width ? width - taken : 0, ' ');
}

}  // namespace

std::size_t display_width(std::string_view text) {
  std::size_t width = 0;
  while (!text.empty()) {
    const auto [code, bytes] = first_character(text);
    width += bytes == 0 ? 1 : width_of(code);
    text.remove_prefix(std::max<std::size_t>(bytes, 1));
  }
  return width;
}

std::string clipped(std::string_view text, std::size_t width) {
  std::string_view rest = text;
  while (!rest.empty()) {
    const auto [code, bytes] = first_character(rest);
    const std::size_t taken = bytes == 0 ? 1 : width_of(code);
    if (taken > width) break;
    width -= taken;
    rest.remove_prefix(std::max<std::size_t>(bytes, 1));
  }
  return std::string(text.substr(0, text.size() - rest.size()));
}

std::string left(std::string_view text, std::size_t width) {
  return std::string(text) + spaces(text, width);
}

std::string right(std::string_view text, std::size_t width) {
  constexpr std::size_t kBetween = 2;
  return spaces(text, std::max(width, display_width(text) + kBetween)) +
         std::string(text);
}

}  // namespace polytask
