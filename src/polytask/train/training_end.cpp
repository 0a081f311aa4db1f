// Why a training ends before its last epoch, and how it says so.

#include <algorithm>
#include <cmath>

#include "polytask/base/text.h"
#include "polytask/train/training.h"

namespace polytask {
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
  const Task& task = model_.spec.tasks.front();
  const auto logits = network_.logits(0);
  const auto bad =
      std::ranges::find_if(logits, [](float z) { return !std::isfinite(z); });
  std::string where = "the sum over the batch";
  if (bad != logits.end()) {
    const auto at = static_cast<std::size_t>(bad - logits.begin());
    where = cat("label \"", task.labels[at % task.labels.size()], "\" of ",
                data.image_name(indices[at / task.labels.size()]));
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
