// Tasks and whole models as a recipe and a model file write them:
//
//   tasks:
//     scene: {kind: multilabel, labels: [desert, mountains, sea]}
//     distance: {kind: regression, loss: huber, weight: 0.5,
//                head: [dense: {units: 64, activation: relu}]}

#pragma once

#include <array>
#include <string_view>
#include <utility>

#include "polytask/model/model.h"
#include "polytask/network/network_settings.h"
#include "polytask/settings/settings_reader.h"
#include "polytask/task/kind_traits.h"

namespace polytask {

inline auto names_of(TaskKind) {
  std::array<std::pair<std::string_view, TaskKind>, kTaskKinds.size()> names;
  for (std::size_t i = 0; i < names.size(); ++i) {
    names[i] = {kTaskKinds[i]->name, kTaskKinds[i]->kind};
  }
  return names;
}

constexpr auto names_of(LossKind) {
  using Name = std::string_view;
  return std::array{
      std::pair{Name("binary_crossentropy"), LossKind::binary_crossentropy},
      std::pair{Name("focal"), LossKind::focal},
      std::pair{Name("asymmetric"), LossKind::asymmetric},
      std::pair{Name("categorical_crossentropy"),
                LossKind::categorical_crossentropy},
      std::pair{Name("cumulative"), LossKind::cumulative},
      std::pair{Name("corn"), LossKind::corn},
      std::pair{Name("squared_error"), LossKind::squared_error},
      std::pair{Name("absolute_error"), LossKind::absolute_error},
      std::pair{Name("huber"), LossKind::huber},
      std::pair{Name("gaussian"), LossKind::gaussian},
      std::pair{Name("poisson"), LossKind::poisson}};
}

// A map of the kind and the keys that kind has, or the bare kind.
void read_setting(const Settings& node, const std::string& path,
                  Problems& problems, LossOptions& loss);
[[nodiscard]] Settings write_setting(const LossOptions& loss);

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
