#include "polytask/data/table/cell_text.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <string>

namespace polytask {
namespace {

constexpr std::string_view kNoBreakSpace = "\xc2\xa0";

// How many bytes of blank `text` starts with.
std::size_t leading_blank(std::string_view text) {
  if (text.starts_with(' ') || text.starts_with('\t')) return 1;
  return text.starts_with(kNoBreakSpace) ? kNoBreakSpace.size() : 0;
}

std::size_t trailing_blank(std::string_view text) {
  if (text.ends_with(' ') || text.ends_with('\t')) return 1;
  return text.ends_with(kNoBreakSpace) ? kNoBreakSpace.size() : 0;
}

char lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

bool equals_in_any_case(std::string_view text, std::string_view word) {
  return std::ranges::equal(text, word,
                            [](char a, char b) { return lower(a) == b; });
}

template <std::size_t N>
bool is_one_of(std::string_view text,
               const std::array<std::string_view, N>& words) {
  return std::ranges::any_of(
      words, [&](std::string_view w) { return equals_in_any_case(text, w); });
}

std::optional<double> number_with_point(std::string_view text) {
  if (text.size() > 1 && text[0] == '+' && text[1] != '-') {
    text.remove_prefix(1);
  }
  double value = 0.0;
  const char* const end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, value);
  if (error != std::errc{} || stop != end || !std::isfinite(value)) return {};
  return value;
}

}  // namespace

std::string_view without_blanks(std::string_view cell) {
  while (const std::size_t blank = leading_blank(cell)) {
    cell.remove_prefix(blank);
  }
  while (const std::size_t blank = trailing_blank(cell)) {
    cell.remove_suffix(blank);
  }
  return cell;
}

std::optional<double> number_in(std::string_view text, bool decimal_comma) {
  const bool has_comma = decimal_comma && std::ranges::count(text, ',') == 1 &&
                         text.find('.') == std::string_view::npos;
  if (!has_comma) return number_with_point(text);
  std::string pointed(text);
  std::ranges::replace(pointed, ',', '.');
  return number_with_point(pointed);
}

std::optional<bool> yes_or_no_in(std::string_view text) {
  using Words = std::array<std::string_view, 2>;
  if (is_one_of(text, Words{"true", "yes"})) return true;
  if (is_one_of(text, Words{"false", "no"})) return false;
  const std::optional<double> number = number_in(text);
  if (number == 1.0) return true;
  if (number == 0.0) return false;
  return std::nullopt;
}

bool is_missing_answer(std::string_view text) {
  using Words = std::array<std::string_view, 7>;
  return text.empty() || is_one_of(text, Words{"na", "n/a", "#n/a", "<na>",
                                               "nan", "null", "none"});
}

bool is_missing_class(std::string_view text) {
  constexpr std::array<std::string_view, 10> kWords{
      "NA", "N/A", "n/a", "#N/A", "<NA>", "NaN", "nan", "null", "NULL", "None"};
  return text.empty() || std::ranges::find(kWords, text) != kWords.end();
}

}  // namespace polytask
