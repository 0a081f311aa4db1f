// Settings as YAML 1.2, and so as JSON too.
//
// Reading keeps to the part of YAML that has one meaning: maps with text for
// keys, lists, scalars. Anchors, aliases, tags such as !!python/object, and
// second documents are refused in words. Nothing is ever expanded or executed.

#pragma once

#include <cstddef>
#include <filesystem>
#include <string>
#include <string_view>

#include "polytask/settings/settings.h"

namespace polytask {

inline constexpr std::size_t kMaxSettingsBytes = 1024 * 1024;
inline constexpr int kMaxSettingsValues = 100000;

// The settings in `yaml`; null when there are none. `file_name` is what places
// and messages call it. The words null, ~ and an empty value are null unless
// they stand in quotes; every other scalar keeps its text.
//
// Throws Fault::config for what is not YAML (file:line:column), for what this
// part of YAML does not hold, for a key given twice in a map (both lines), for
// text that is not UTF-8, and beyond kMaxSettingsBytes, kMaxSettingsValues,
// Settings::kMaxDepth and Settings::kMaxKeyBytes.
[[nodiscard]] Settings parse_settings(std::string_view yaml,
                                      std::string_view file_name);

// The settings in a file. Throws as read_text_file and parse_settings do; what
// is too long is Fault::config.
[[nodiscard]] Settings load_settings(const std::filesystem::path& path);

// YAML for people: the root and its sections a key a line, deeper maps and
// lists of scalars on one line where they fit into 80 columns, quotes only
// where a YAML reader would otherwise read something else. Texts are UTF-8.
// Whatever parse_settings can return comes back:
// parse_settings(to_yaml(s), name) == s.
[[nodiscard]] std::string to_yaml(const Settings& settings);

}  // namespace polytask
