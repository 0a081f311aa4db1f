#include "polytask/data/table/natural_order.h"

#include <algorithm>

namespace polytask {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }

// Takes the run of digits `text` starts with, without its leading zeros.
std::string_view take_number(std::string_view& text) {
  const auto length = static_cast<std::size_t>(
      std::ranges::find_if_not(text, is_digit) - text.begin());
  std::string_view number = text.substr(0, length);
  text.remove_prefix(length);
  number.remove_prefix(std::min(number.find_first_not_of('0'), length));
  return number;
}

}  // namespace

bool comes_before(std::string_view a, std::string_view b) {
  const std::string_view whole_a = a;
  const std::string_view whole_b = b;
  while (!a.empty() && !b.empty()) {
    if (is_digit(a.front()) && is_digit(b.front())) {
      const std::string_view m = take_number(a);
      const std::string_view n = take_number(b);
      if (m.size() != n.size()) return m.size() < n.size();
      if (m != n) return m < n;
    } else if (a.front() == b.front()) {
      a.remove_prefix(1);
      b.remove_prefix(1);
    } else {
      return static_cast<unsigned char>(a.front()) <
             static_cast<unsigned char>(b.front());
    }
  }
  if (a.empty() != b.empty()) return a.empty();
  return whole_a < whole_b;
}

}  // namespace polytask
