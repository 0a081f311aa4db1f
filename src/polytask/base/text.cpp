#include "polytask/base/text.h"

// Compiled in, so that the program loads no further library.
#define FMT_HEADER_ONLY
#include <fmt/format.h>

#include <algorithm>
#include <numeric>

namespace polytask {
namespace {

// How many letters must be put in, left out, replaced, or swapped with their
// neighbour (Damerau's distance, restricted); three rows of the table at a
// time.
std::size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  std::vector<std::size_t> above = row;
  std::vector<std::size_t> above_that = row;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::swap(above_that, above);
    std::swap(above, row);
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const bool same = a[i - 1] == b[j - 1];
      row[j] = std::min(
          {above[j] + 1, row[j - 1] + 1, above[j - 1] + (same ? 0 : 1)});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) {
        row[j] = std::min(row[j], above_that[j - 2] + 1);
      }
    }
  }
  return row.back();
}

}  // namespace

template <class Number>
std::string_view TextPiece::print(Number value) {
  const char* end = fmt::format_to(digits_.data(), "{}", value);
  return {digits_.data(), end};
}

TextPiece::TextPiece(int value) : text_(print(value)) {}
TextPiece::TextPiece(unsigned value) : text_(print(value)) {}
TextPiece::TextPiece(long value) : text_(print(value)) {}
TextPiece::TextPiece(unsigned long value) : text_(print(value)) {}
TextPiece::TextPiece(long long value) : text_(print(value)) {}
TextPiece::TextPiece(unsigned long long value) : text_(print(value)) {}
TextPiece::TextPiece(float value) : text_(print(value)) {}
TextPiece::TextPiece(double value) : text_(print(value)) {}

std::string concatenated(std::span<const TextPiece> pieces) {
  std::size_t size = 0;
  for (const TextPiece& piece : pieces) size += piece.text().size();
  std::string text;
  text.reserve(size);
  for (const TextPiece& piece : pieces) text += piece.text();
  return text;
}

std::string nearest(std::string_view word,
                    const std::vector<std::string>& candidates) {
  std::string best;
  std::size_t best_distance = std::max<std::size_t>(1, word.size() / 3) + 1;
  for (const std::string& candidate : candidates) {
    const std::size_t distance = edit_distance(word, candidate);
    if (distance < best_distance) {
      best_distance = distance;
      best = candidate;
    }
  }
  return best;
}

std::string join(const std::vector<std::string>& items,
                 std::string_view separator) {
  std::string text;
  for (const std::string& item : items) {
    if (!text.empty()) text += separator;
    text += item;
  }
  return text;
}

std::string bullet_list(const std::vector<std::string>& problems) {
  std::string text;
  for (const std::string& problem : problems) text += cat("\n  - ", problem);
  return text;
}

}  // namespace polytask
