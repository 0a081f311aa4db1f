// The network and its layers as a recipe and a model file write them:
//
//   trunk:
//     - conv2d: {filters: 32, kernel_size: 3, padding: same, activation: relu}
//     - flatten

#pragma once

#include <array>
#include <string_view>
#include <utility>

#include "polytask/network/network_options.h"
#include "polytask/settings/settings_reader.h"

namespace polytask {

constexpr auto names_of(Padding) {
  return std::array{std::pair{std::string_view("valid"), Padding::valid},
                    std::pair{std::string_view("same"), Padding::same}};
}

constexpr auto names_of(Activation) {
  return std::array{std::pair{std::string_view("linear"), Activation::linear},
                    std::pair{std::string_view("relu"), Activation::relu}};
}

// One layer: a map with one key, which names its kind, or the bare name.
void read_setting(const Settings& node, const std::string& path,
                  Problems& problems, std::vector<LayerOptions>& layers);
[[nodiscard]] Settings write_setting(const std::vector<LayerOptions>& layers);

template <class Visitor>
void describe(Visitor& visitor, NetworkOptions& options) {
  visitor.key("trunk", options.trunk);
}

}  // namespace polytask
