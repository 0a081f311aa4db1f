#include "polytask/base/utf8.h"

namespace polytask {
namespace {

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

std::string printable_ascii(std::string_view text) {
  constexpr std::size_t kMostBytes = 200;
  std::string shown(text.substr(0, kMostBytes));
  for (char& c : shown) {
    if (c < 0x20 || c > 0x7e) c = '?';
  }
  return shown;
}

}  // namespace polytask
