#include <cmath>

#include "polytask/base/text.h"
#include "polytask/study/compare.h"

namespace polytask {
namespace {

struct Verdicts {
  std::vector<std::string> better;
  std::vector<std::string> worse;
  std::vector<std::string> undecided;
};

Verdicts verdicts_of(const ComparedNetwork& network) {
  Verdicts verdicts;
  for (const TaskDifference& task : network.tasks) {
    switch (task.scores.verdict) {
      case Verdict::better:
        verdicts.better.push_back(task.task);
        break;
      case Verdict::worse:
        verdicts.worse.push_back(task.task);
        break;
      case Verdict::undecided:
        verdicts.undecided.push_back(task.task);
        break;
    }
  }
  return verdicts;
}

std::string of_training_time(const Comparison& comparison) {
  const double alone = comparison.reference_cost.training_seconds;
  if (alone <= 0.0) return "less of the training time";
  const double share =
      comparison.networks.front().cost.training_seconds / alone;
  return cat(std::lround(100.0 * share), " % of the training time");
}

std::string on_joint(const Comparison& comparison) {
  const Verdicts found = verdicts_of(comparison.networks.front());
  std::string text;
  if (found.worse.empty()) {
    text = cat("Use one network: no task is measurably worse, and it takes ",
               of_training_time(comparison), " of ",
               comparison.networks.front().tasks.size(), " networks.");
    if (!found.better.empty()) {
      text += cat(" Sharing helps ", join(found.better), ".");
    }
  } else {
    text = cat("Sharing hurts ", join(found.worse),
               ": try more layers of its own (tasks.", found.worse.front(),
               ".head), a larger weight, or a network apart.");
    if (!found.better.empty()) {
      text += cat(" It helps ", join(found.better), ": keep those together.");
    }
  }
  if (!found.undecided.empty()) {
    text += cat(" Undecided for ", join(found.undecided),
                ": more seeds or more test images tell smaller differences.");
  }
  return text;
}

// "famo helps objects, but hurts weather."; empty where nothing is decided.
std::string on_weighting(const ComparedNetwork& network) {
  const Verdicts found = verdicts_of(network);
  if (found.better.empty() && found.worse.empty()) return {};
  if (found.better.empty()) {
    return cat(network.name, " hurts ", join(found.worse), " and helps none.");
  }
  return cat(network.name, " helps ", join(found.better),
             found.worse.empty() ? std::string(" and hurts none.")
                                 : cat(", but hurts ", join(found.worse), "."));
}

// Of many intervals some exclude 0 by chance alone.
std::string on_chance(const Comparison& comparison) {
  constexpr std::size_t kMany = 20;
  std::size_t intervals = 0;
  for (const ComparedNetwork& network : comparison.networks) {
    intervals += network.tasks.size();
  }
  if (intervals < kMany) return {};
  return cat(" Of ", intervals, " intervals of 95 %, about ",
             (intervals + kMany / 2) / kMany, " exclude 0 by chance alone.");
}

std::string on_weightings(const Comparison& comparison) {
  std::string text;
  bool any_better = false;
  for (const ComparedNetwork& network : comparison.networks) {
    any_better = any_better || !verdicts_of(network).better.empty();
    const std::string sentence = on_weighting(network);
    if (sentence.empty()) continue;
    text += text.empty() ? sentence : " " + sentence;
  }
  if (!any_better) {
    return "Equal weights are as good: no other weighting is measurably "
           "better at any task. Keep them.";
  }
  return text + " The other differences are no more than chance explains." +
         on_chance(comparison);
}

}  // namespace

std::string advice_on(const Comparison& comparison) {
  if (comparison.networks.empty())
    return "Equal weights alone: nothing to compare.";
  std::string text = comparison.reference == "equal" ? on_weightings(comparison)
                                                     : on_joint(comparison);
  if (comparison.seeds == 1) {
    text += " One seed speaks of these trainings only: use at least three.";
  }
  return text;
}

}  // namespace polytask
