#include "polytask/data/label_names.h"

#include <algorithm>
#include <cstdint>
#include <set>

#include "polytask/base/text.h"
#include "polytask/base/utf8.h"

namespace polytask {

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
