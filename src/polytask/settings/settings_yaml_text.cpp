// The writing half of settings_yaml.h.

#include <algorithm>
#include <array>
#include <cctype>
#include <cstdint>

#include "polytask/base/utf8.h"
#include "polytask/settings/settings_yaml.h"

namespace polytask {
namespace {

constexpr std::size_t kColumns = 80;

bool is_one_of(std::string_view text,
               std::initializer_list<std::string_view> words) {
  return std::ranges::find(words, text) != words.end();
}

std::string lower_case(std::string_view text) {
  std::string lower(text);
  std::ranges::transform(lower, lower.begin(), [](unsigned char c) {
    return static_cast<char>(std::tolower(c));
  });
  return lower;
}

bool reads_as_null(std::string_view text) {
  return is_one_of(text, {"", "~", "null", "Null", "NULL"});
}

// Numbers of YAML 1.1 and 1.2, dates and times of day; a few texts more.
bool reads_as_number(std::string_view lower) {
  if (lower.starts_with('+') || lower.starts_with('-')) lower.remove_prefix(1);
  if (is_one_of(lower, {".inf", ".nan"})) return true;
  if (lower.find_first_of("0123456789") == std::string_view::npos) return false;
  for (const std::string_view prefix : {"0x", "0o", "0b"}) {
    if (lower.starts_with(prefix)) return true;
  }
  const bool date = lower.size() > 5 && lower[4] == '-' &&
                    lower.find_first_not_of("0123456789") == 4;
  return date ||
         lower.find_first_not_of("0123456789_.:+-e") == std::string_view::npos;
}

// Whether a YAML reader may take this text for something that is not text.
bool reads_as_other_than_text(std::string_view text) {
  const std::string lower = lower_case(text);
  return reads_as_number(lower) ||
         is_one_of(lower, {"true", "false", "yes", "no", "on", "off", "y", "n",
                           "<<", "="});
}

bool needs_escape(char32_t code) {
  return code < 0x20 || (code >= 0x7F && code < 0xA0) || code == 0x2028 ||
         code == 0x2029 || code == 0xFEFF;
}

bool holds_escapes(std::string_view text) {
  while (!text.empty()) {
    const Utf8Character character = first_character(text);
    if (character.bytes > 0 && needs_escape(character.code)) return true;
    text.remove_prefix(std::max<std::size_t>(character.bytes, 1));
  }
  return false;
}

// Whether the text means itself without quotes, in a line of its own and
// between brackets.
bool is_plain(std::string_view text) {
  if (reads_as_null(text) || holds_escapes(text)) return false;
  const auto first = static_cast<unsigned char>(text.front());
  const bool opens_well =
      std::isalnum(first) != 0 || first >= 0x80 ||
      text.find_first_of("_/.+(~$^;") == 0 ||
      (first == '-' && text.size() > 1 && text[1] != ' ' && text[1] != '-');
  return opens_well && text.back() != ' ' && text.back() != ':' &&
         text.find(": ") == std::string_view::npos &&
         text.find(" #") == std::string_view::npos &&
         text.find_first_of(",[]{}\"'`?") == std::string_view::npos &&
         text != "...";
}

std::string escaped(char32_t code) {
  switch (code) {
    case '"':
      return "\\\"";
    case '\\':
      return "\\\\";
    case '\n':
      return "\\n";
    case '\t':
      return "\\t";
    case '\r':
      return "\\r";
    default:
      break;
  }
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string text = "\\u";
  for (int shift = 12; shift >= 0; shift -= 4) {
    text += kDigits[(code >> shift) & 0xF];
  }
  return text;
}

std::string in_quotes(std::string_view text) {
  std::string line = "\"";
  while (!text.empty()) {
    const Utf8Character character = first_character(text);
    const std::size_t bytes = std::max<std::size_t>(character.bytes, 1);
    const bool special = text[0] == '"' || text[0] == '\\' ||
                         (character.bytes > 0 && needs_escape(character.code));
    line +=
        special ? escaped(character.code) : std::string(text.substr(0, bytes));
    text.remove_prefix(bytes);
  }
  return line + '"';
}

std::string leaf_text(const Settings& node) {
  if (node.is_null()) return "null";
  const bool mistakable =
      node.is_string() && reads_as_other_than_text(node.text());
  return is_plain(node.text()) && !mistakable ? node.text()
                                              : in_quotes(node.text());
}

std::string key_text(const std::string& key) {
  return is_plain(key) && !reads_as_other_than_text(key) ? key : in_quotes(key);
}

bool is_leaf(const Settings& node) { return !node.is_list() && !node.is_map(); }

bool is_empty(const Settings& node) {
  return node.items().empty() && node.entries().empty();
}

bool holds_only_leaves(const Settings& node) {
  return std::ranges::all_of(node.items(), is_leaf) &&
         std::ranges::all_of(node.entries(), [](const Settings::Entry& entry) {
           return is_leaf(entry.value);
         });
}

// "[a, b]" or "{a: 1, b: 2}" of leaves.
std::string flow_text(const Settings& node) {
  std::string inside;
  const auto add = [&](const std::string& part) {
    if (!inside.empty()) inside += ", ";
    inside += part;
  };
  for (const Settings& item : node.items()) add(leaf_text(item));
  for (const Settings::Entry& entry : node.entries()) {
    add(key_text(entry.key) + ": " + leaf_text(entry.value));
  }
  return node.is_list() ? '[' + inside + ']' : '{' + inside + '}';
}

class YamlText {
 public:
  [[nodiscard]] static std::string of(const Settings& root) {
    YamlText text;
    if (is_leaf(root) || is_empty(root)) {
      text.add_leaf_or_empty(root);
    } else {
      text.add_block(root, 0, 0);
    }
    return text.out_ + '\n';
  }

 private:
  // Lines of a list or map that is not empty; the first goes where the cursor
  // is, the others start at `indent`. `level` counts lists and maps around it.
  void add_block(const Settings& node, std::size_t indent, int level) {
    bool first = true;
    const auto start_line = [&] {
      if (!first) start_line_at(indent);
      first = false;
    };
    for (const Settings& item : node.items()) {
      start_line();
      out_ += "- ";
      if (!add_on_this_line(item, level + 1)) {
        add_block(item, indent + 2, level + 1);
      }
    }
    for (const auto& [key, value] : node.entries()) {
      start_line();
      out_ += key_text(key) + ": ";
      if (add_on_this_line(value, level + 1)) continue;
      out_.pop_back();  // no blank at the end of a line
      start_line_at(indent + 2);
      add_block(value, indent + 2, level + 1);
    }
  }

  // False, and nothing added, when the value needs lines of its own.
  bool add_on_this_line(const Settings& node, int level) {
    if (is_leaf(node) || is_empty(node)) {
      add_leaf_or_empty(node);
      return true;
    }
    const bool section = node.is_map() && level < 2;
    if (section || !holds_only_leaves(node)) return false;
    const std::string flow = flow_text(node);
    if (out_.size() - line_begin_ + flow.size() >= kColumns) return false;
    out_ += flow;
    return true;
  }

  void add_leaf_or_empty(const Settings& node) {
    out_ += is_leaf(node) ? leaf_text(node) : flow_text(node);
  }

  void start_line_at(std::size_t indent) {
    out_ += '\n';
    line_begin_ = out_.size();
    out_ += std::string(indent, ' ');
  }

  std::string out_;
  std::size_t line_begin_ = 0;
};

}  // namespace

std::string to_yaml(const Settings& settings) { return YamlText::of(settings); }

}  // namespace polytask
