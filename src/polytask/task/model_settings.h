// Tasks and whole models as a recipe and a model file write them:
//
//   tasks:
//     scene: {kind: multilabel, labels: [desert, mountains, sea]}

#pragma once

#include <array>
#include <string_view>
#include <utility>

#include "polytask/base/settings_reader.h"
#include "polytask/network/network_settings.h"
#include "polytask/task/model.h"

namespace polytask {

constexpr auto names_of(TaskKind) {
  return std::array{
      std::pair{std::string_view("multilabel"), TaskKind::multilabel}};
}

// A map from the names of the tasks to their options, in the order of the file.
void read_setting(const Settings& node, const std::string& path,
                  Problems& problems, std::vector<Task>& tasks);
[[nodiscard]] Settings write_setting(const std::vector<Task>& tasks);

template <class Visitor>
void describe(Visitor& visitor, Preprocessing& preprocessing) {
  visitor.key("uint8_scale", preprocessing.uint8_scale);
  visitor.key("float32_scale", preprocessing.float32_scale);
}

template <class Visitor>
void describe(Visitor& visitor, ModelSpec& spec) {
  visitor.key("image", spec.image);
  visitor.section("preprocessing", spec.preprocessing);
  visitor.section("network", spec.network);
  visitor.key("tasks", spec.tasks);
}

}  // namespace polytask
