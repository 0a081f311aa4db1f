#include "polytask/report/html/html_text.h"

#include "polytask/base/utf8.h"

namespace polytask {
namespace {

constexpr std::string_view kReplacement = "\xEF\xBF\xBD";  // U+FFFD

bool is_control(char32_t code) {
  return code < 0x20 || (code >= 0x7F && code < 0xA0);
}

// What stands for a character; empty: itself.
std::string_view reference_for(const Utf8Character& character) {
  switch (character.code) {
    case '&':
      return "&amp;";
    case '<':
      return "&lt;";
    case '>':
      return "&gt;";
    case '"':
      return "&quot;";
    case '\'':
      return "&#39;";
    default:
      return is_control(character.code) ? kReplacement : "";
  }
}

// Calls f(character, its bytes); a byte that is no UTF-8 comes as U+FFFD.
template <class F>
void for_each_character(std::string_view text, F f) {
  while (!text.empty()) {
    Utf8Character next = first_character(text);
    const bool good = next.bytes > 0;
    if (!good) next = {.code = 0xFFFD, .bytes = 1};
    f(next, good ? text.substr(0, next.bytes) : kReplacement);
    text.remove_prefix(next.bytes);
  }
}

int columns_of(const Utf8Character& character) {
  return character.code >= 0x1100 && character.code != 0xFFFD ? 2 : 1;
}

}  // namespace

std::string html_text(std::string_view text) {
  std::string safe;
  for_each_character(
      text, [&](const Utf8Character& character, std::string_view bytes) {
        const std::string_view reference = reference_for(character);
        safe += reference.empty() ? bytes : reference;
      });
  return safe;
}

int text_columns(std::string_view text) {
  int columns = 0;
  for_each_character(text,
                     [&](const Utf8Character& character, std::string_view) {
                       columns += columns_of(character);
                     });
  return columns;
}

std::string shortened_text(std::string_view text, int columns) {
  if (text_columns(text) <= columns) return std::string(text);
  std::string begin;
  int used = 1;  // the ellipsis
  bool full = false;
  for_each_character(
      text, [&](const Utf8Character& character, std::string_view bytes) {
        used += columns_of(character);
        full = full || used > columns;
        if (!full) begin += bytes;
      });
  return begin + "\xE2\x80\xA6";
}

}  // namespace polytask
