#include "apps/cli/recipe_keys.h"

#include <algorithm>

#include "polytask/base/text.h"
#include "polytask/recipe/recipe.h"
#include "polytask/settings/settings_yaml.h"

namespace polytask::cli {
namespace {

void collect(const Settings& node, const std::string& path,
             std::vector<std::string>& keys) {
  for (const auto& [key, value] : node.entries()) {
    const std::string below = path.empty() ? key : cat(path, '.', key);
    if (value.is_map() && !value.entries().empty()) {
      collect(value, below, keys);
    } else {
      keys.push_back(below);
    }
  }
}

std::string last_name(const std::string& key) {
  return key.substr(key.rfind('.') + 1);
}

// "--Batch-size" is "batch_size".
std::string name_of_flag(const std::string& flag) {
  std::string name =
      flag.substr(std::min(flag.find_first_not_of('-'), flag.size()));
  std::ranges::replace(name, '-', '_');
  return name;
}

template <class Fits>
std::vector<std::string> those_that(const std::vector<std::string>& keys,
                                    Fits fits) {
  std::vector<std::string> found;
  std::ranges::copy_if(keys, std::back_inserter(found), fits);
  return found;
}

}  // namespace

std::vector<std::string> recipe_keys() {
  std::vector<std::string> keys;
  collect(parse_settings(recipe_text({}), "every key"), "", keys);
  return keys;
}

std::vector<std::string> recipe_keys_like(const std::string& flag) {
  const std::string name = name_of_flag(flag);
  const std::vector<std::string> keys = recipe_keys();
  std::vector<std::string> found = those_that(keys, [&](std::string key) {
    if (key == name || last_name(key) == name) return true;
    std::ranges::replace(key, '.', '_');
    return key == name;
  });
  if (!found.empty()) return found;
  std::vector<std::string> names;
  for (const std::string& key : keys) names.push_back(last_name(key));
  const std::string close = nearest(name, names);
  if (close.empty()) return {};
  return those_that(keys,
                    [&](const auto& key) { return last_name(key) == close; });
}

}  // namespace polytask::cli
