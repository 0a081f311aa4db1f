#include "polytask/report/terminal_text.h"

#include <algorithm>
#include <cstdint>
#include <iterator>

namespace polytask {
namespace {

struct CodePoint {
  std::uint32_t value = 0;
  std::size_t bytes = 0;  // 0: not UTF-8
};

// The character `text` begins with. Overlong forms, surrogates and values
// above U+10FFFF are not UTF-8 (RFC 3629).
CodePoint first_code_point(std::string_view text) {
  const auto lead = static_cast<unsigned char>(text.front());
  if (lead < 0x80) return {lead, 1};
  const std::size_t bytes = lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
  if (lead < 0xC2 || lead > 0xF4 || text.size() < bytes) return {};
  std::uint32_t value = lead & (0x7Fu >> bytes);
  for (std::size_t i = 1; i < bytes; ++i) {
    const auto next = static_cast<unsigned char>(text[i]);
    if ((next & 0xC0) != 0x80) return {};
    value = (value << 6) | (next & 0x3Fu);
  }
  const bool overlong =
      (bytes == 3 && value < 0x800) || (bytes == 4 && value < 0x10000);
  const bool surrogate = value >= 0xD800 && value <= 0xDFFF;
  if (overlong || surrogate || value > 0x10FFFF) return {};
  return {value, bytes};
}

struct Range {
  std::uint32_t first, last;
};

bool is_in(std::uint32_t value, const Range* begin, const Range* end) {
  return std::any_of(begin, end, [&](const Range& range) {
    return value >= range.first && value <= range.last;
  });
}

std::size_t width_of(std::uint32_t value) {
  static constexpr Range kMarks[] = {
      {0x300, 0x36F}, {0x200B, 0x200F}, {0x20D0, 0x20FF}, {0xFE00, 0xFE0F}};
  static constexpr Range kWide[] = {
      {0x1100, 0x115F}, {0x2E80, 0xA4CF},   {0xAC00, 0xD7A3},
      {0xF900, 0xFAFF}, {0xFE30, 0xFE6F},   {0xFF00, 0xFF60},
      {0xFFE0, 0xFFE6}, {0x1F300, 0x1FAFF}, {0x20000, 0x3FFFD}};
  if (is_in(value, std::begin(kMarks), std::end(kMarks))) return 0;
  return is_in(value, std::begin(kWide), std::end(kWide)) ? 2 : 1;
}

// Line and paragraph separators, and the marks that turn the direction of
// writing, can forge what a reader sees just as escapes can.
bool is_control(std::uint32_t value) {
  static constexpr Range kControls[] = {
      {0x00, 0x1F}, {0x7F, 0x9F}, {0x2028, 0x202E}, {0x2066, 0x2069}};
  return is_in(value, std::begin(kControls), std::end(kControls));
}

std::string spaces(std::string_view text, std::size_t width) {
  const std::size_t taken = display_width(text);
  return std::string(taken < width ? width - taken : 0, ' ');
}

}  // namespace

std::string printable(std::string_view text) {
  std::string shown;
  while (!text.empty()) {
    const CodePoint point = first_code_point(text);
    if (point.bytes == 0 || is_control(point.value)) {
      shown += '?';
    } else {
      shown += text.substr(0, point.bytes);
    }
    text.remove_prefix(std::max<std::size_t>(point.bytes, 1));
  }
  return shown;
}

std::size_t display_width(std::string_view text) {
  std::size_t width = 0;
  while (!text.empty()) {
    const CodePoint point = first_code_point(text);
    width += point.bytes == 0 ? 1 : width_of(point.value);
    text.remove_prefix(std::max<std::size_t>(point.bytes, 1));
  }
  return width;
}

std::string left(std::string_view text, std::size_t width) {
  return std::string(text) + spaces(text, width);
}

std::string right(std::string_view text, std::size_t width) {
  return spaces(text, width) + std::string(text);
}

}  // namespace polytask
