#include "polytask/settings/settings_override.h"

#include <algorithm>
#include <charconv>
#include <string>
#include <utility>
#include <vector>

#include "polytask/base/error.h"
#include "polytask/base/text.h"
#include "polytask/base/utf8.h"
#include "polytask/settings/setting_problem.h"
#include "polytask/settings/settings_yaml.h"

namespace polytask {
namespace {

[[noreturn]] void fail(std::string_view assignment, const std::string& text) {
  throw Error(Fault::config, cat("override ", shown(assignment), ": ", text));
}

std::vector<std::string> split_at_dots(std::string_view path) {
  std::vector<std::string> keys;
  while (true) {
    const std::size_t dot = path.find('.');
    keys.emplace_back(path.substr(0, dot));
    if (dot == std::string_view::npos) return keys;
    path.remove_prefix(dot + 1);
  }
}

std::vector<std::string> checked_keys(std::string_view assignment,
                                      std::size_t equals) {
  std::vector<std::string> keys = split_at_dots(assignment.substr(0, equals));
  for (const std::string& key : keys) {
    if (key.empty() || key.find_first_of(" \t\n") != std::string::npos ||
        key.size() > Settings::kMaxKeyBytes) {
      fail(assignment,
           "expected names joined by dots before the =, e.g. train.epochs=5");
    }
  }
  return keys;
}

// The item that `key` counts, or nullptr.
Settings* item_of(Settings& list, const std::string& key) {
  std::size_t index = 0;
  const char* const end = key.data() + key.size();
  const auto [stop, error] = std::from_chars(key.data(), end, index);
  const bool counts = error == std::errc() && stop == end;
  return counts && index < list.items().size() ? &list.items()[index] : nullptr;
}

std::string item_rule(const Settings& list, const std::string& path) {
  if (list.items().empty()) return cat(path, " is an empty list");
  return cat(path, " is a list: expected the number of an item, 0 to ",
             list.items().size() - 1);
}

// Text where it is not YAML, such as the name of a file "[x].h5", and where
// YAML would take the end of a name for a comment, or a name for a directive.
Settings value_of(std::string_view written, const std::string& place) {
  const bool is_text = first_byte_that_is_not_text(written) == written.size();
  const bool has_comment = written.find('#') != std::string_view::npos &&
                           written.find_first_of("\"'[{") != 0;
  const bool is_directive = written.starts_with('%');
  if (is_text && (has_comment || is_directive))
    return Settings::string(std::string(written));
  try {
    return parse_settings(written, place);
  } catch (const Error&) {
    // An open bracket is a list with its end missing.
    const bool closed =
        std::ranges::count(written, '[') == std::ranges::count(written, ']') &&
        std::ranges::count(written, '{') == std::ranges::count(written, '}');
    if (!is_text || !closed) throw;
    return Settings::string(std::string(written));
  }
}

// Walks as far as the tree goes; what is missing is made on the way, and
// from there on nothing can be refused.
void assign(Settings& root, const std::vector<std::string>& keys,
            Settings value, std::string_view assignment) {
  Settings* at = &root;
  std::string path;
  for (const std::string& key : keys) {
    if (at->is_scalar()) {
      fail(assignment, cat(path.empty() ? "the recipe" : path, " is ",
                           found_in(*at), ", so it has no key ", shown(key)));
    }
    if (at->is_list()) {
      Settings* const item = item_of(*at, key);
      if (item == nullptr) {
        fail(assignment, cat(item_rule(*at, path), ", found ", shown(key)));
      }
      at = item;
    } else {
      Settings* const present = at->find(key);
      at = present != nullptr ? present : &at->set(key, Settings());
    }
    if (at->is_null()) at->set_place("command line");
    path = child_path(path, key);
  }
  *at = std::move(value);
}

}  // namespace

void apply_override(Settings& root, std::string_view assignment) {
  const std::size_t equals = assignment.find('=');
  if (equals == std::string_view::npos || equals == 0) {
    fail(assignment, "expected key=value, e.g. train.epochs=5");
  }
  const std::vector<std::string> keys = checked_keys(assignment, equals);
  Settings value = value_of(assignment.substr(equals + 1),
                            cat("override ", shown(assignment)));
  if (keys.size() + static_cast<std::size_t>(value.depth()) >
      Settings::kMaxDepth) {
    fail(assignment, cat("expected values nested at most ", Settings::kMaxDepth,
                         " deep, found more"));
  }
  value.set_places("command line");
  assign(root, keys, std::move(value), assignment);
}

}  // namespace polytask
