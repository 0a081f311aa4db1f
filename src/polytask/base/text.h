// Small pieces of text work that messages need.

#pragma once

#include <array>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace polytask {

// What cat prints of one value: text as it is, an integer in decimal, a
// floating point number in the fewest digits that read back as the same number
// of its type ("0.1", "100000", "1e-07"). A text must live as long as its
// piece.
class TextPiece {
 public:
  TextPiece(std::string_view text) : text_(text) {}
  TextPiece(char letter) : digits_{letter}, text_(digits_.data(), 1) {}
  TextPiece(int value);
  TextPiece(unsigned value);
  TextPiece(long value);
  TextPiece(unsigned long value);
  TextPiece(long long value);
  TextPiece(unsigned long long value);
  TextPiece(float value);
  TextPiece(double value);
  TextPiece(const TextPiece&) = delete;
  TextPiece& operator=(const TextPiece&) = delete;

  [[nodiscard]] std::string_view text() const { return text_; }

 private:
  template <class Number>
  std::string_view print(Number value);

  std::array<char, 32> digits_;  // the longest number has 24
  std::string_view text_;
};

[[nodiscard]] std::string concatenated(std::span<const TextPiece> pieces);

// Everything printed after one another: cat("row ", 7) is "row 7".
template <class... Parts>
[[nodiscard]] std::string cat(const Parts&... parts) {
  const TextPiece pieces[] = {TextPiece(parts)...};
  return concatenated(pieces);
}

// The candidate closest to `word` by edit distance, or "" when none is close
// enough to be a slip of the finger (more than a third of the word differs).
[[nodiscard]] std::string nearest(std::string_view word,
                                  const std::vector<std::string>& candidates);

// "a, b, c"
[[nodiscard]] std::string join(const std::vector<std::string>& items,
                               std::string_view separator = ", ");

// One line per problem, for the one throw that reports all of them.
[[nodiscard]] std::string bullet_list(const std::vector<std::string>& problems);

}  // namespace polytask
