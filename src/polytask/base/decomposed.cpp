#include "polytask/base/decomposed.h"

#include <algorithm>
#include <array>

#include "polytask/base/utf8.h"

namespace polytask {
namespace {

struct Pair {
  char16_t letter;
  char16_t base;  // may have a mark itself
  char16_t mark;
};

constexpr Pair kPairs[] = {
#include "polytask/base/canonical_pairs.inc"
};

// Hangul: a syllable is a leading consonant, a vowel and perhaps a trailing
// consonant. Source: The Unicode Standard, section 3.12.
constexpr char32_t kSyllables = 0xac00;
constexpr char32_t kLeading = 0x1100;
constexpr char32_t kVowels = 0x1161;
constexpr char32_t kTrailing = 0x11a7;
constexpr char32_t kVowelCount = 21;
constexpr char32_t kTrailingCount = 28;
constexpr char32_t kSyllableCount = 19 * kVowelCount * kTrailingCount;

// All of these characters have two or three bytes in UTF-8, or one.
void append(char32_t code, std::string& text) {
  if (code < 0x80) {
    text += static_cast<char>(code);
  } else if (code < 0x800) {
    text += static_cast<char>(0xc0 | code >> 6);
    text += static_cast<char>(0x80 | (code & 0x3f));
  } else {
    text += static_cast<char>(0xe0 | code >> 12);
    text += static_cast<char>(0x80 | (code >> 6 & 0x3f));
    text += static_cast<char>(0x80 | (code & 0x3f));
  }
}

void append_syllable(char32_t index, std::string& text) {
  append(kLeading + index / (kVowelCount * kTrailingCount), text);
  append(kVowels + index / kTrailingCount % kVowelCount, text);
  const char32_t trailing = index % kTrailingCount;
  if (trailing != 0) append(kTrailing + trailing, text);
}

const Pair* pair_of(char32_t code) {
  const auto* const at =
      std::ranges::lower_bound(kPairs, code, {}, &Pair::letter);
  return at != std::end(kPairs) && at->letter == code ? at : nullptr;
}

// The letter without marks, then the marks from the innermost out.
void append_decomposed(char32_t code, std::string& text) {
  const Pair* const pair = pair_of(code);
  if (pair == nullptr) return append(code, text);
  append_decomposed(pair->base, text);
  append(pair->mark, text);
}

}  // namespace

std::string decomposed(std::string_view text) {
  std::string result;
  result.reserve(text.size());
  while (!text.empty()) {
    const auto [code, bytes] = first_character(text);
    const std::size_t taken = std::max<std::size_t>(bytes, 1);
    const char32_t syllable = code - kSyllables;
    if (code >= kSyllables && syllable < kSyllableCount) {
      append_syllable(syllable, result);
    } else if (pair_of(code) != nullptr) {
      append_decomposed(code, result);
    } else {
      result += text.substr(0, taken);
    }
    text.remove_prefix(taken);
  }
  return result;
}

}  // namespace polytask
