// Which losses fit which tasks.

#include <algorithm>
#include <cmath>

#include "polytask/base/text.h"
#include "polytask/model/model_settings.h"
#include "polytask/task/kind_traits.h"
#include "polytask/task/losses.h"

namespace polytask {
namespace {

void check_weights(const char* key, const std::vector<double>& weights,
                   bool used, const char* whose, std::size_t count,
                   std::vector<std::string>& found) {
  if (weights.empty()) return;
  if (!used) {
    found.push_back(cat(key, ": this loss has none; leave it out"));
  } else if (weights.size() != count) {
    found.push_back(cat(key, ": expected ", count, " (one per ", whose,
                        "), got ", weights.size()));
  }
  for (const double w : weights) {
    if (w > 0.0 && std::isfinite(w)) continue;
    found.push_back(cat(key, ": expected weights > 0, got ", w));
  }
}

void check_balanced(const LossOptions& o, std::vector<std::string>& found) {
  if (!o.balanced) return;
  if (o.kind != LossKind::binary_crossentropy &&
      o.kind != LossKind::categorical_crossentropy) {
    found.emplace_back("balanced: this loss has no weights; leave it out");
  } else if (!o.positive_weights.empty() || !o.class_weights.empty()) {
    found.emplace_back(
        "balanced: expected no weights beside it; the data "
        "gives them");
  }
}

}  // namespace

LossKind default_loss(TaskKind kind) { return traits_of(kind).losses.front(); }

std::vector<std::string> problems(const LossOptions& o, TaskKind kind,
                                  std::size_t labels) {
  std::vector<std::string> found;
  const std::span<const LossKind> fitting = traits_of(kind).losses;
  if (std::ranges::find(fitting, o.kind) == fitting.end()) {
    std::vector<std::string> names;
    for (const LossKind one : fitting) names.emplace_back(name_of(one));
    found.push_back(cat("kind: a ", name_of(kind), " task takes ",
                        join(names, " or "), ", got ", name_of(o.kind)));
  }
  const auto require = [&](bool ok, const char* key, const char* rule,
                           double value) {
    if (!ok) found.push_back(cat(key, ": expected ", rule, ", got ", value));
  };
  require(o.gamma >= 0.0, "gamma", ">= 0", o.gamma);
  require(o.gamma_positive >= 0.0, "gamma_positive", ">= 0", o.gamma_positive);
  require(o.gamma_negative >= 0.0, "gamma_negative", ">= 0", o.gamma_negative);
  require(o.clip >= 0.0 && o.clip < 1.0, "clip", "0 <= clip < 1", o.clip);
  require(o.delta > 0.0, "delta", "> 0", o.delta);
  require(o.label_smoothing >= 0.0 && o.label_smoothing < 1.0,
          "label_smoothing", "0 <= label_smoothing < 1", o.label_smoothing);
  const bool binary = o.kind == LossKind::binary_crossentropy;
  const bool classes = o.kind == LossKind::categorical_crossentropy;
  if (o.label_smoothing > 0.0 && !binary && !classes) {
    found.emplace_back("label_smoothing: this loss has none; leave it out");
  }
  check_weights("positive_weights", o.positive_weights, binary, "label", labels,
                found);
  check_weights("class_weights", o.class_weights, classes, "class", labels,
                found);
  check_balanced(o, found);
  return found;
}

}  // namespace polytask
