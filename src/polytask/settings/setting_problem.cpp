#include "polytask/settings/setting_problem.h"

#include <algorithm>
#include <cstddef>

#include "polytask/base/error.h"
#include "polytask/base/text.h"
#include "polytask/base/utf8.h"

namespace polytask {
namespace {

constexpr std::size_t kMostShownBytes = 60;

// Quoted when it is not printable as it is.
std::string plain_or_shown(std::string_view name) {
  const bool prints_well = !name.empty() && name.size() <= kMostShownBytes &&
                           printable(name) == name;
  return prints_well ? std::string(name) : shown(name);
}

bool continues_a_character(char byte) {
  return (static_cast<unsigned char>(byte) & 0xC0) == 0x80;
}

}  // namespace

std::string setting_problem(const std::string& place, const std::string& path,
                            const std::string& text) {
  std::string line;
  if (!place.empty()) line += place + ": ";
  if (!path.empty()) line += path + ": ";
  return line + text;
}

std::string child_path(const std::string& path, std::string_view key) {
  return path.empty() ? plain_or_shown(key)
                      : cat(path, ".", plain_or_shown(key));
}

std::string shown(std::string_view text) {
  std::size_t kept = std::min(text.size(), kMostShownBytes);
  if (kept < text.size()) {
    while (kept > 0 && continues_a_character(text[kept])) --kept;
  }
  return cat('"', printable(text.substr(0, kept)),
             kept < text.size() ? "...\"" : "\"");
}

std::string shown_names(const std::vector<std::string>& names) {
  constexpr std::size_t kMostNames = 8;
  std::vector<std::string> few;
  for (const std::string& name : names) {
    if (few.size() == kMostNames) break;
    few.push_back(plain_or_shown(name));
  }
  return join(few) + (few.size() < names.size() ? ", ..." : "");
}

std::string found_in(const Settings& node) {
  if (node.is_scalar()) return shown(node.text());
  if (node.is_list()) return "a list";
  return node.is_map() ? "a map" : "nothing";
}

std::string known_names(std::string_view word,
                        const std::vector<std::string>& known) {
  const std::string near =
      word.size() <= Settings::kMaxKeyBytes ? nearest(word, known) : "";
  if (!near.empty()) return cat("did you mean \"", near, "\"?");
  if (known.empty()) return "nothing is known here";
  return cat("known are ", join(known));
}

void throw_if_any(const std::vector<std::string>& problems,
                  std::string_view what) {
  constexpr std::size_t kMostLines = 20;
  if (problems.empty()) return;
  if (problems.size() == 1) throw Error(Fault::config, problems.front());
  const std::size_t lines = std::min(problems.size(), kMostLines);
  std::string text =
      cat(what, " has ", problems.size(), " problems:",
          bullet_list({problems.begin(),
                       problems.begin() + static_cast<std::ptrdiff_t>(lines)}));
  if (lines < problems.size()) {
    text += cat("\n  and ", problems.size() - lines, " more");
  }
  throw Error(Fault::config, text);
}

}  // namespace polytask
