#include <cmath>

#include "polytask/base/text.h"
#include "polytask/study/compare.h"

namespace polytask {
namespace {

std::vector<std::string> tasks_with(Verdict verdict,
                                    const ComparedNetwork& network) {
  std::vector<std::string> names;
  for (const TaskDifference& task : network.tasks) {
    if (task.scores.verdict == verdict) names.push_back(task.task);
  }
  return names;
}

std::string cost_of(const Comparison& comparison) {
  const double alone = comparison.reference_cost.training_seconds;
  const std::size_t networks = comparison.networks.front().tasks.size();
  if (alone <= 0.0) {
    return cat("less of the training time of ", networks, " networks");
  }
  const double share =
      comparison.networks.front().cost.training_seconds / alone;
  return cat(std::lround(100.0 * share), " % of the training time of ",
             networks, " networks");
}

std::string in_margin(const Comparison& comparison) {
  return cat("by more than the margin (", comparison.margin, "; of an error, ",
             comparison.margin, " of it)");
}

std::string on_undecided(const std::vector<std::string>& undecided) {
  if (undecided.empty()) return {};
  return cat(" Undecided for ", join(undecided),
             ", which is not the same as no difference: the table says what "
             "would decide it.");
}

std::string on_joint(const Comparison& comparison) {
  const ComparedNetwork& joint = comparison.networks.front();
  const std::vector<std::string> better = tasks_with(Verdict::better, joint);
  const std::vector<std::string> worse = tasks_with(Verdict::worse, joint);
  const std::vector<std::string> as_good = tasks_with(Verdict::as_good, joint);
  const std::vector<std::string> undecided =
      tasks_with(Verdict::undecided, joint);
  std::string text;
  if (!worse.empty()) {
    text = cat("Sharing hurts ", join(worse),
               ": try more layers of its own (tasks.", worse.front(),
               ".head), a larger weight, or a network apart.");
    if (!better.empty()) {
      text += cat(" It helps ", join(better), ": keep those together.");
    }
  } else {
    text =
        undecided.empty()
            ? cat("Use one network: no task is worse ", in_margin(comparison),
                  ", and it takes ", cost_of(comparison), ".")
            : cat("One network takes ", cost_of(comparison), ".");
    if (!better.empty()) text += cat(" Sharing helps ", join(better), ".");
  }
  if (!as_good.empty() && !(worse.empty() && undecided.empty())) {
    text += cat(" Not worse ", in_margin(comparison), ": ", join(as_good), ".");
  }
  return text + on_undecided(undecided);
}

// "famo helps objects, but hurts weather."; empty where neither.
std::string on_weighting(const ComparedNetwork& network) {
  const std::vector<std::string> better = tasks_with(Verdict::better, network);
  const std::vector<std::string> worse = tasks_with(Verdict::worse, network);
  if (better.empty() && worse.empty()) return {};
  if (better.empty()) return cat(network.name, " hurts ", join(worse), ".");
  return cat(
      network.name, " helps ", join(better),
      worse.empty() ? std::string(".") : cat(", but hurts ", join(worse), "."));
}

// Of many intervals some exclude 0 by chance alone.
std::string on_chance(const Comparison& comparison) {
  constexpr std::size_t kMany = 20;
  std::size_t intervals = 0;
  for (const ComparedNetwork& network : comparison.networks) {
    intervals += network.tasks.size();
  }
  if (intervals < kMany) return {};
  return cat(" Of ", intervals, " intervals of 95 %, up to ",
             (intervals + kMany / 2) / kMany, " exclude 0 by chance alone.");
}

std::string on_weightings(const Comparison& comparison) {
  std::string text;
  std::vector<std::string> undecided;
  bool any_better = false;
  for (const ComparedNetwork& network : comparison.networks) {
    any_better = any_better || !tasks_with(Verdict::better, network).empty();
    for (const std::string& task : tasks_with(Verdict::undecided, network)) {
      undecided.push_back(cat(network.name, ": ", task));
    }
    const std::string sentence = on_weighting(network);
    if (sentence.empty()) continue;
    text += text.empty() ? sentence : " " + sentence;
  }
  if (!any_better) {
    const std::string kept =
        undecided.empty() ? "Keep equal weights: no other weighting is better "
                            "at any task."
                          : "Keep equal weights until another weighting is "
                            "shown to be better: none is yet.";
    text = text.empty() ? kept : cat(kept, " ", text);
  }
  return text + on_chance(comparison) + on_undecided(undecided);
}

}  // namespace

std::string advice_on(const Comparison& comparison) {
  if (comparison.networks.empty())
    return "Equal weights alone: nothing to compare.";
  std::string text = comparison.reference == "equal" ? on_weightings(comparison)
                                                     : on_joint(comparison);
  if (comparison.seeds == 1) {
    text +=
        " One seed decides nothing, for another training would give other "
        "scores: use at least three.";
  }
  return text;
}

}  // namespace polytask
