#include <algorithm>
#include <cmath>

#include "polytask/base/text.h"
#include "polytask/weighting/weighting_schedule.h"
#include "polytask/weighting/weighting_settings.h"

namespace polytask {
namespace {

// All false for NaN and infinity.
bool positive(double v) { return std::isfinite(v) && v > 0.0; }
bool non_negative(double v) { return std::isfinite(v) && v >= 0.0; }
bool at_least_a_millionth(double v) { return std::isfinite(v) && v >= 1e-6; }

std::vector<std::string> kind_problems(WeightingKind kind, int tasks) {
  const std::string name = name_of(kind);
  if (name.empty()) {
    return {cat("weighting.kind: expected a known kind, got number ",
                static_cast<int>(kind))};
  }
  const bool alone_is_fine =
      kind == WeightingKind::equal || kind == WeightingKind::uncertainty;
  if (tasks < 2 && !alone_is_fine) {
    return {cat("weighting ", name, " needs at least two tasks, got ", tasks,
                "; use equal")};
  }
  if (tasks > kMaxGramianTasks && needs_of(kind).gramian) {
    return {cat("weighting ", name, " takes at most ", kMaxGramianTasks,
                " tasks, got ", tasks, "; use a kind that needs no gradients")};
  }
  return {};
}

}  // namespace

WeightingNeeds needs_of(WeightingKind kind) {
  switch (kind) {
    case WeightingKind::equal:
    case WeightingKind::uncertainty:
    case WeightingKind::dwa:
    case WeightingKind::rlw:
    case WeightingKind::gls:
    case WeightingKind::stch:
      return {};
    case WeightingKind::famo:
      return {.losses_after_step = true};
    case WeightingKind::gradnorm:
    case WeightingKind::pcgrad:
    case WeightingKind::mgda:
    case WeightingKind::cagrad:
    case WeightingKind::imtl_g:
    case WeightingKind::nash_mtl:
    case WeightingKind::aligned_mtl:
    case WeightingKind::upgrad:
      return {.gramian = true};
  }
  return {};
}

std::vector<std::string> problems(const WeightingOptions& options,
                                  const std::vector<std::string>& tasks) {
  const WeightingOptions& o = options;
  std::vector<std::string> found =
      kind_problems(o.kind, static_cast<int>(tasks.size()));
  const auto require = [&](bool ok, const char* key, const char* rule,
                           auto value) {
    if (ok) return;
    found.push_back(
        cat("weighting.", key, ": expected ", rule, ", got ", value));
  };
  const auto require_positive = [&](const char* key, double value) {
    require(positive(value), key, "finite and > 0", value);
  };
  const auto require_non_negative = [&](const char* key, double value) {
    require(non_negative(value), key, "finite and >= 0", value);
  };
  if (name_of(o.gradients).empty()) {
    found.push_back(
        cat("weighting.gradients: expected features or trunk, got number ",
            static_cast<int>(o.gradients)));
  }
  for (std::string& problem : schedule_problems(o.schedule, tasks)) {
    found.push_back(std::move(problem));
  }
  require_positive("uncertainty_learning_rate", o.uncertainty_learning_rate);
  require(at_least_a_millionth(o.dwa_temperature), "dwa_temperature",
          "finite and >= 1e-06", o.dwa_temperature);
  require(at_least_a_millionth(o.stch_mu), "stch_mu", "finite and >= 1e-06",
          o.stch_mu);
  require(o.stch_warm_up_epochs >= 1, "stch_warm_up_epochs", ">= 1",
          o.stch_warm_up_epochs);
  require_positive("famo_learning_rate", o.famo_learning_rate);
  require_non_negative("famo_weight_decay", o.famo_weight_decay);
  require(o.gradnorm_alpha >= 0.0 && o.gradnorm_alpha <= 100.0,
          "gradnorm_alpha", ">= 0 and <= 100", o.gradnorm_alpha);
  require_positive("gradnorm_learning_rate", o.gradnorm_learning_rate);
  require_non_negative("cagrad_c", o.cagrad_c);
  return found;
}

}  // namespace polytask
