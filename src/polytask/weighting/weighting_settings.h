// The weighting of tasks as a recipe writes it:
//
//   weighting: pcgrad
//   weighting: {kind: cagrad, cagrad_c: 0.5}
//   weighting: {kind: pcgrad, gradients: trunk}
//   weighting: {schedule: [{epoch: 1, weights: {distance: 0}},
//                          {epoch: 9, weights: {distance: 1}}]}

#pragma once

#include <array>
#include <string>
#include <string_view>
#include <utility>

#include "polytask/settings/settings_reader.h"
#include "polytask/weighting/weighting.h"

namespace polytask {

constexpr auto names_of(WeightingKind) {
  using Name = std::pair<std::string_view, WeightingKind>;
  return std::array{Name{"equal", WeightingKind::equal},
                    Name{"uncertainty", WeightingKind::uncertainty},
                    Name{"dwa", WeightingKind::dwa},
                    Name{"rlw", WeightingKind::rlw},
                    Name{"gls", WeightingKind::gls},
                    Name{"stch", WeightingKind::stch},
                    Name{"famo", WeightingKind::famo},
                    Name{"gradnorm", WeightingKind::gradnorm},
                    Name{"pcgrad", WeightingKind::pcgrad},
                    Name{"mgda", WeightingKind::mgda},
                    Name{"cagrad", WeightingKind::cagrad},
                    Name{"imtl_g", WeightingKind::imtl_g},
                    Name{"nash_mtl", WeightingKind::nash_mtl},
                    Name{"aligned_mtl", WeightingKind::aligned_mtl},
                    Name{"upgrad", WeightingKind::upgrad}};
}

constexpr auto names_of(WeightedGradients) {
  using Name = std::pair<std::string_view, WeightedGradients>;
  return std::array{Name{"features", WeightedGradients::features},
                    Name{"trunk", WeightedGradients::trunk}};
}

// {epoch: 9, weights: {distance: 0.5}}
void read_setting(const Settings& node, const std::string& path,
                  Problems& problems, WeightPoint& point);
[[nodiscard]] Settings write_setting(const WeightPoint& point);

template <class Visitor>
void describe(Visitor& visitor, WeightingOptions& options) {
  visitor.key("kind", options.kind);
  visitor.key("gradients", options.gradients);
  visitor.key("schedule", options.schedule);
  visitor.key("uncertainty_learning_rate", options.uncertainty_learning_rate);
  visitor.key("dwa_temperature", options.dwa_temperature);
  visitor.key("stch_mu", options.stch_mu);
  visitor.key("stch_warm_up_epochs", options.stch_warm_up_epochs);
  visitor.key("famo_learning_rate", options.famo_learning_rate);
  visitor.key("famo_weight_decay", options.famo_weight_decay);
  visitor.key("gradnorm_alpha", options.gradnorm_alpha);
  visitor.key("gradnorm_learning_rate", options.gradnorm_learning_rate);
  visitor.key("cagrad_c", options.cagrad_c);
}

// A map of the options, or the bare kind.
inline void read_setting(const Settings& node, const std::string& path,
                         Problems& problems, WeightingOptions& options) {
  if (node.is_scalar()) {
    read_setting(node, path, problems, options.kind);
  } else {
    read_settings(node, path, problems, options);
  }
}

}  // namespace polytask
