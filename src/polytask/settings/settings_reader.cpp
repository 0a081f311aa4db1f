#include "polytask/settings/settings_reader.h"

#include <algorithm>

#include "polytask/base/text.h"

namespace polytask {

SettingsReader::SettingsReader(const Settings& node, std::string path,
                               Problems& problems)
    : node_(node), path_(std::move(path)), problems_(problems) {
  if (node.is_map() || node.is_null()) return;
  problems_.push_back(setting_problem(
      node.place(), path_,
      cat("expected keys with values, found ", found_in(node))));
}

const Settings* SettingsReader::take(std::string_view name) {
  known_.emplace_back(name);
  return node_.find(name);
}

void SettingsReader::finish() {
  for (const auto& [key, value] : node_.entries()) {
    if (std::ranges::find(known_, key) != known_.end()) continue;
    problems_.push_back(
        setting_problem(value.place(), child_path(path_, key),
                        cat("unknown key; ", known_names(key, known_))));
  }
}

}  // namespace polytask
