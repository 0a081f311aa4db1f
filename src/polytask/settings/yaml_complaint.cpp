#include "polytask/settings/yaml_complaint.h"

#include <cstddef>

#include "polytask/base/text.h"
#include "polytask/settings/setting_problem.h"

namespace polytask {
namespace {

std::string_view line_of(std::string_view text, int line) {
  for (; line > 0; --line) {
    const std::size_t end = text.find('\n');
    if (end == std::string_view::npos) return {};
    text.remove_prefix(end + 1);
  }
  return text.substr(0, text.find('\n'));
}

std::string_view without_blanks(std::string_view line) {
  const std::size_t begin = line.find_first_not_of(" \t\r");
  if (begin == std::string_view::npos) return {};
  return line.substr(begin, line.find_last_not_of(" \t\r") - begin + 1);
}

bool indented_with_tab(std::string_view line) {
  const std::size_t tab = line.find('\t');
  return tab != std::string_view::npos && tab < line.find_first_not_of(" \t");
}

// What to do about a complaint of the parser, where its words alone would not
// help; else its words.
std::string advice(const std::string& complaint, std::string_view line) {
  if (indented_with_tab(line)) return "indent with spaces, not with tabs";
  if (complaint == "illegal map value") {
    return "check the indentation, and put quotes around text that holds "
           "\": \"";
  }
  if (complaint.find("flow not found") != std::string::npos) {
    return "a [ or { before this place is never closed";
  }
  if (complaint.find("EOF in scalar") != std::string::npos) {
    return "quotes before this place are never closed";
  }
  if (complaint == "unknown token") {
    return "put quotes around text that starts with such a character";
  }
  if (complaint.find("invalid unicode") != std::string::npos) {
    return "write the character itself instead of its \\u number";
  }
  if (complaint.find("anchor") != std::string::npos) {
    return "put quotes around text that starts with & or *";
  }
  return complaint;
}

}  // namespace

std::string yaml_complaint(std::string_view yaml, std::string_view file_name,
                           TextPosition position, const std::string& words) {
  const std::string_view line = line_of(yaml, position.line);
  const std::string_view found = without_blanks(line);
  return cat(file_name, ":", position.line + 1, ":", position.column + 1,
             ": expected YAML, found ",
             found.empty() ? "the end of the text" : shown(found), "; ",
             advice(words, line));
}

bool quotes_are_closed(std::string_view yaml, TextPosition position) {
  const std::string_view line = line_of(yaml, position.line);
  const auto column = static_cast<std::size_t>(position.column);
  if (column >= line.size()) return true;
  const char quote = line[column];
  if (quote != '"' && quote != '\'') return true;
  const auto begin = static_cast<std::size_t>(line.data() - yaml.data());
  for (std::size_t i = begin + column + 1; i < yaml.size(); ++i) {
    if (quote == '"' && yaml[i] == '\\') {
      ++i;
    } else if (yaml[i] == quote) {
      return true;
    }
  }
  return false;
}

}  // namespace polytask
