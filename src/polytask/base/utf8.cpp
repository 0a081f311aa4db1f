#include "polytask/base/utf8.h"

#include <algorithm>

namespace polytask {
namespace {

struct CodeRange {
  char32_t first;
  char32_t last;
};

// What a terminal obeys, what turns the direction of writing, and what takes
// no width, so that two names look alike.
constexpr CodeRange kUnprintable[] = {
    {0x00, 0x1F},       {0x7F, 0x9F},       {0xAD, 0xAD},
    {0x61C, 0x61C},     {0x115F, 0x1160},   {0x17B4, 0x17B5},
    {0x180B, 0x180F},   {0x200B, 0x200F},   {0x2028, 0x202E},
    {0x2060, 0x206F},   {0x3164, 0x3164},   {0xFEFF, 0xFEFF},
    {0xFFA0, 0xFFA0},   {0xFFF0, 0xFFFB},   {0xFFFE, 0xFFFF},
    {0x1D173, 0x1D17A}, {0xE0000, 0xE0FFF}, {0xF0000, 0x10FFFF}};

bool is_printable(char32_t code) {
  return std::ranges::none_of(kUnprintable, [code](const CodeRange& range) {
    return code >= range.first && code <= range.last;
  });
}

// "\u001b", in two halves above U+FFFF.
std::string json_escape(char32_t code) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  const auto unit = [&](char32_t half) {
    std::string text = "\\u";
    for (int shift = 12; shift >= 0; shift -= 4) {
      text += kDigits[(half >> shift) & 0xF];
    }
    return text;
  };
  if (code < 0x10000) return unit(code);
  const char32_t above = code - 0x10000;
  return unit(0xD800 + (above >> 10)) + unit(0xDC00 + (above & 0x3FF));
}

// replace(character, text behind it) is what stands for a character that is
// not printable; it has no bytes where there is none.
template <class Replace>
std::string with_replacements(std::string_view text, Replace replace) {
  std::string shown;
  shown.reserve(text.size());
  while (!text.empty()) {
    const auto [code, bytes] = first_character(text);
    const std::size_t taken = std::max<std::size_t>(bytes, 1);
    if (bytes > 0 && is_printable(code)) {
      shown += text.substr(0, taken);
      text.remove_prefix(taken);
    } else {
      text.remove_prefix(taken);
      shown += replace(Utf8Character{code, bytes}, text);
    }
  }
  return shown;
}

bool is_control(char32_t code) {
  const bool layout = code == '\t' || code == '\n' || code == '\r';
  return (code < 0x20 && !layout) || code == 0x7F;
}

}  // namespace

Utf8Character first_character(std::string_view text) {
  if (text.empty()) return {};
  const auto lead = static_cast<unsigned char>(text[0]);
  if (lead < 0x80) return {lead, 1};
  if (lead < 0xC2 || lead > 0xF4) return {};

  const std::size_t bytes = lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
  if (text.size() < bytes) return {};
  char32_t code = lead & (0x7Fu >> bytes);
  for (std::size_t i = 1; i < bytes; ++i) {
    const auto next = static_cast<unsigned char>(text[i]);
    if ((next & 0xC0) != 0x80) return {};
    code = (code << 6) | (next & 0x3Fu);
  }
  const bool overlong =
      (bytes == 3 && code < 0x800) || (bytes == 4 && code < 0x10000);
  const bool surrogate = code >= 0xD800 && code <= 0xDFFF;
  if (overlong || surrogate || code > 0x10FFFF) return {};
  return {code, bytes};
}

std::size_t first_byte_that_is_not_text(std::string_view text) {
  std::size_t at = 0;
  while (at < text.size()) {
    const Utf8Character character = first_character(text.substr(at));
    if (character.bytes == 0 || is_control(character.code)) break;
    at += character.bytes;
  }
  return at;
}

bool is_plain_text(std::string_view text) {
  while (!text.empty()) {
    const auto [code, bytes] = first_character(text);
    const bool control = code < 0x20 || (code >= 0x7f && code < 0xa0);
    if (bytes == 0 || control) return false;
    text.remove_prefix(bytes);
  }
  return true;
}

std::string printable(std::string_view text) {
  return with_replacements(text, [](auto, auto) { return '?'; });
}

std::string printable_lines(std::string_view text) {
  return with_replacements(text, [](Utf8Character found, auto behind) {
    const bool ends_line = found.bytes == 1 && found.code == '\n';
    const bool harmless = behind.empty() || behind.starts_with("  ");
    return ends_line && harmless ? '\n' : '?';
  });
}

std::string printable_json(std::string_view json) {
  return with_replacements(json, [](Utf8Character found, auto) {
    if (found.bytes == 0) return std::string("\uFFFD");
    if (found.code == '\n') return std::string("\n");
    return json_escape(found.code);
  });
}

std::string printable_ascii(std::string_view text) {
  constexpr std::size_t kMostBytes = 200;
  std::string shown(text.substr(0, kMostBytes));
  for (char& c : shown) {
    if (c < 0x20 || c > 0x7e) c = '?';
  }
  return shown;
}

}  // namespace polytask
