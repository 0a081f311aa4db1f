#include "polytask/settings/tagged_list.h"

#include <optional>
#include <utility>

#include "polytask/base/text.h"
#include "polytask/settings/setting_problem.h"

namespace polytask {
namespace {

std::string kind_of(const Settings& node) {
  if (!node.is_map()) return found_in(node);
  std::vector<std::string> keys;
  for (const auto& [key, value] : node.entries()) keys.push_back(key);
  if (keys.empty()) return "an empty map";
  return cat(keys.size(), " keys (", shown_names(keys),
             "); indent the options further than the name");
}

std::optional<TaggedItem> tagged(const Settings& item,
                                 const std::string& path) {
  if (item.is_scalar()) {
    return TaggedItem{.tag = item.text(),
                      .body = Settings(),
                      .path = child_path(path, item.text()),
                      .place = item.place()};
  }
  if (item.entries().size() != 1) return std::nullopt;
  const auto& [tag, body] = item.entries().front();
  return TaggedItem{.tag = tag,
                    .body = body,
                    .path = child_path(path, tag),
                    .place = body.place()};
}

}  // namespace

std::vector<TaggedItem> read_tagged_list(const Settings& node,
                                         const std::string& path,
                                         Problems& problems) {
  if (!node.is_list() && !node.is_null()) {
    problems.push_back(setting_problem(
        node.place(), path,
        cat("expected a list, an item a line after \"- \", found ",
            found_in(node))));
  }
  std::vector<TaggedItem> read;
  for (std::size_t i = 0; i < node.items().size(); ++i) {
    const Settings& item = node.items()[i];
    const std::string item_path = child_path(path, std::to_string(i));
    if (std::optional<TaggedItem> found = tagged(item, item_path)) {
      read.push_back(*std::move(found));
      continue;
    }
    problems.push_back(setting_problem(
        item.place(), item_path,
        cat("expected a name, or one name with its options, found ",
            kind_of(item))));
  }
  return read;
}

std::string unknown_tag(const TaggedItem& item, const std::string& kind,
                        const std::vector<std::string>& known) {
  return setting_problem(
      item.place, item.path,
      cat("unknown ", kind, "; ", known_names(item.tag, known)));
}

Settings tagged_item(const std::string& tag, Settings body) {
  if (body.entries().empty() && !body.is_list() && !body.is_scalar()) {
    return Settings::string(tag);
  }
  Settings item = Settings::map();
  item.set(tag, std::move(body));
  return item;
}

}  // namespace polytask
