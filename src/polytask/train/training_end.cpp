// Why a training ends before its last epoch, and how it says so.

#include <algorithm>
#include <cmath>

#include "polytask/base/text.h"
#include "polytask/train/training.h"

namespace polytask {
namespace {

// What a logit is about.
std::string what_of(const Task& task, std::size_t unit) {
  if (task.kind != TaskKind::multilabel) return cat("task \"", task.name, "\"");
  return cat("label \"", task.labels[unit], "\"");
}

}  // namespace

// The saves that are going on end before anybody reads this.
std::string Training::what_is_saved() const {
  if (run_.folder.empty()) return "nothing is saved";
  if (state_.history.empty()) return "no epoch is saved yet";
  return cat("epoch ", state_.history.back().epoch, " is saved");
}

Training::End Training::stopped(int epoch) const {
  const bool resumable = !run_.folder.empty() && !state_.history.empty();
  return {.outcome = Outcome::interrupted,
          .message = cat("stopped in epoch ", epoch, "; ", what_is_saved(),
                         resumable ? "; go on with: polytask train --resume " +
                                         run_.folder.string()
                                   : "")};
}

Training::End Training::not_finite(const std::string& when, const Dataset& data,
                                   std::span<const std::int64_t> indices) {
  std::string where = "the sum over the batch";
  for (std::size_t t = model_.spec.tasks.size(); t-- > 0;) {
    const Task& task = model_.spec.tasks[t];
    const auto logits = network_.logits(t);
    const auto bad =
        std::ranges::find_if(logits, [](float z) { return !std::isfinite(z); });
    if (bad == logits.end()) continue;
    const auto at = static_cast<std::size_t>(bad - logits.begin());
    const auto units = static_cast<std::size_t>(task.units());
    where = cat(what_of(task, at % units), " of ",
                data.image_name(indices[at / units]));
  }
  return diverged(when, "the loss is not finite: " + where);
}

Training::End Training::diverged(const std::string& when,
                                 const std::string& what) const {
  return {.outcome = Outcome::diverged,
          .message = cat(when, ": ", what, "; ", what_is_saved(),
                         "; a smaller train.adam.learning_rate may help")};
}

}  // namespace polytask
