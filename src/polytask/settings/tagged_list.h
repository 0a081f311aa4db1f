// Lists whose items are of several kinds, each naming its own:
//
//   trunk:
//     - conv2d: {filters: 32, kernel_size: 3}
//     - flatten

#pragma once

#include <string>
#include <vector>

#include "polytask/settings/settings.h"
#include "polytask/settings/settings_value.h"

namespace polytask {

struct TaggedItem {
  std::string tag;    // "conv2d"
  Settings body;      // its options: null for a bare name
  std::string path;   // "network.trunk.0.conv2d", for problems in the body
  std::string place;  // "blog.yaml:12"
};

// The items of a list, in order. An item that is neither a name nor one name
// with its options adds a problem and is left out; so does a node that is
// neither a list nor null, and null is an empty list. The body is not looked
// at: SettingsReader(item.body, item.path, problems) does that.
[[nodiscard]] std::vector<TaggedItem> read_tagged_list(const Settings& node,
                                                       const std::string& path,
                                                       Problems& problems);

// The problem of an item whose tag is none of `known`. `kind` is what a tag
// names: "layer" gives `unknown layer; did you mean "conv2d"?`.
[[nodiscard]] std::string unknown_tag(const TaggedItem& item,
                                      const std::string& kind,
                                      const std::vector<std::string>& known);

// One item on the way back: the bare name when the body is empty.
[[nodiscard]] Settings tagged_item(const std::string& tag, Settings body);

}  // namespace polytask
