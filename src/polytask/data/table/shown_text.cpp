#include "polytask/data/table/shown_text.h"

#include <algorithm>

#include "polytask/base/text.h"
#include "polytask/base/utf8.h"

namespace polytask {

std::string shown_quoted(std::string_view text) {
  constexpr std::size_t kLongest = 60;
  const auto continues = [&](std::size_t at) {
    return (static_cast<unsigned char>(text[at]) & 0xc0) == 0x80;
  };
  std::size_t end = std::min(text.size(), kLongest);
  while (end > 0 && end < text.size() && continues(end)) --end;
  const std::string_view shown = text.substr(0, end);
  return cat('"',
             is_plain_text(shown) ? std::string(shown) : printable_ascii(shown),
             end < text.size() ? "..." : "", '"');
}

std::string listed(const std::vector<std::string>& items) {
  constexpr std::size_t kMost = 20;
  if (items.size() <= kMost) return join(items);
  const std::vector<std::string> first(items.begin(), items.begin() + kMost);
  return cat(join(first), " and ", items.size() - kMost, " more");
}

}  // namespace polytask
