// The writing half of settings_yaml.h.

#include <yaml-cpp/emitter.h>
#include <yaml-cpp/emittermanip.h>

#include <algorithm>
#include <cctype>

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

bool is_leaf(const Settings& node) { return !node.is_list() && !node.is_map(); }

bool holds_only_leaves(const Settings& node) {
  return std::ranges::all_of(node.items(), is_leaf) &&
         std::ranges::all_of(node.entries(), [](const Settings::Entry& entry) {
           return is_leaf(entry.value);
         });
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

// The emitter puts quotes around most texts that need them, but not around the
// marks between documents, and escapes not every character without a shape.
void write_text(const std::string& text, bool is_string, YAML::Emitter& out) {
  const bool escapes = holds_escapes(text);
  if (escapes) out << YAML::EscapeNonAscii;
  if (escapes || is_one_of(text, {"---", "..."}) ||
      (is_string && reads_as_other_than_text(text))) {
    out << YAML::DoubleQuoted;
  }
  out << text;
}

class YamlText {
 public:
  [[nodiscard]] static std::string of(const Settings& root) {
    YamlText text;
    text.write(root, 0, 0);
    return text.out_.c_str();
  }

 private:
  YamlText() { out_.SetNullFormat(YAML::LowerNull); }

  // A leaf, or "[a, b]" or "{a: 1, b: 2}" of leaves.
  [[nodiscard]] static std::string on_a_line(const Settings& node) {
    YamlText text;
    text.out_.SetSeqFormat(YAML::Flow);
    text.out_.SetMapFormat(YAML::Flow);
    text.write(node, 0, 0);
    return text.out_.c_str();
  }

  // `level` counts lists and maps around the node, `column` what stands before
  // it in its line.
  void write(const Settings& node, std::size_t level, std::size_t column) {
    if (node.is_null()) {
      out_ << YAML::Null;
    } else if (is_leaf(node)) {
      write_text(node.text(), node.is_string(), out_);
    } else {
      if (level > 0 && fits_on_this_line(node, level, column)) {
        out_ << YAML::Flow;
      }
      node.is_list() ? write_list(node, level) : write_map(node, level);
    }
  }

  void write_list(const Settings& node, std::size_t level) {
    out_ << YAML::BeginSeq;
    for (const Settings& item : node.items()) {
      write(item, level + 1, 2 * level + 2);
    }
    out_ << YAML::EndSeq;
  }

  void write_map(const Settings& node, std::size_t level) {
    out_ << YAML::BeginMap;
    for (const auto& [key, value] : node.entries()) {
      out_ << YAML::Key;
      write_text(key, true, out_);
      out_ << YAML::Value;
      const std::size_t width = on_a_line(Settings::string(key)).size() + 2;
      write(value, level + 1, 2 * level + width);
    }
    out_ << YAML::EndMap;
  }

  [[nodiscard]] static bool fits_on_this_line(const Settings& node,
                                              std::size_t level,
                                              std::size_t column) {
    if (node.items().empty() && node.entries().empty()) return true;
    const bool section = node.is_map() && level < 2;
    return !section && holds_only_leaves(node) &&
           column + on_a_line(node).size() < kColumns;
  }

  YAML::Emitter out_;
};

}  // namespace

std::string to_yaml(const Settings& settings) {
  return YamlText::of(settings) + '\n';
}

}  // namespace polytask
