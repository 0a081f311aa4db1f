#include "polytask/data/label_names.h"

#include <algorithm>
#include <cstdint>
#include <set>

#include "polytask/base/text.h"

namespace polytask {
namespace {

constexpr std::size_t kQuotedBytes = 200;

// Bytes of the UTF-8 sequence at the front of `text`; 0 when there is none.
// Overlong forms, surrogates and values above U+10FFFF are none (RFC 3629).
std::size_t sequence_length(std::string_view text) {
  const auto byte = [&](std::size_t i) {
    return static_cast<std::uint8_t>(text[i]);
  };
  const std::uint8_t lead = byte(0);
  if (lead < 0x80) return lead >= 0x20 && lead != 0x7f ? 1 : 0;
  const std::size_t length = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2;
  if (lead < 0xc2 || lead > 0xf4 || text.size() < length) return 0;
  for (std::size_t i = 1; i < length; ++i) {
    if ((byte(i) & 0xc0) != 0x80) return 0;
  }
  const std::uint8_t second = byte(1);
  if (lead == 0xc2 && second < 0xa0) return 0;  // C1 control characters
  if (lead == 0xe0 && second < 0xa0) return 0;
  if (lead == 0xed && second >= 0xa0) return 0;
  if (lead == 0xf0 && second < 0x90) return 0;
  if (lead == 0xf4 && second >= 0x90) return 0;
  return length;
}

}  // namespace

std::string printable_ascii(std::string_view text) {
  std::string shown(text.substr(0, kQuotedBytes));
  for (char& c : shown) {
    if (c < 0x20 || c > 0x7e) c = '?';
  }
  return shown;
}

bool is_plain_text(std::string_view text) {
  while (!text.empty()) {
    const std::size_t length = sequence_length(text);
    if (length == 0) return false;
    text.remove_prefix(length);
  }
  return true;
}

void check_label_names(const std::vector<std::string>& names, std::size_t count,
                       const std::string& place, Fault fault) {
  std::vector<std::string> problems;
  if (names.size() != count) {
    problems.push_back(
        cat("expected one name a label, ", count, ", found ", names.size()));
  }
  std::set<std::string> seen;
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (names[i].empty()) {
      problems.push_back(cat("name ", i, " is empty"));
    } else if (names[i].size() > kLongestLabelName) {
      problems.push_back(
          cat("name ", i, " has more than ", kLongestLabelName, " bytes"));
    } else if (!is_plain_text(names[i])) {
      problems.push_back(cat("name ", i, " (\"", printable_ascii(names[i]),
                             "\") is not text in UTF-8"));
    } else if (!seen.insert(names[i]).second) {
      problems.push_back(
          cat("name ", i, " (\"", names[i], "\") stands there twice"));
    }
  }
  if (problems.empty()) return;
  constexpr std::size_t kShown = 5;
  if (problems.size() > kShown) problems.resize(kShown);
  throw Error(fault, cat(place, ": the label names do not fit; put them right ",
                         "or give others with the option label_names:",
                         bullet_list(problems)));
}

std::vector<std::string> default_label_names(std::size_t count) {
  std::vector<std::string> names;
  names.reserve(count);
  for (std::size_t i = 0; i < count; ++i) names.push_back(cat("label_", i));
  return names;
}

}  // namespace polytask
