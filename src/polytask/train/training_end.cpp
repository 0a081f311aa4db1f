#include "polytask/train/training_end.h"

#include <algorithm>
#include <cmath>

#include "polytask/base/text.h"
#include "polytask/task/kind_traits.h"

namespace polytask {
namespace {

// What a logit is about.
std::string what_of(const Task& task, std::size_t unit) {
  if (form_of(task) != AnswerForm::labels)
    return cat("task \"", task.name, "\"");
  return cat("label \"", task.labels[unit], "\"");
}

std::string what_is_saved(const SavedSoFar& saved) {
  if (saved.folder.empty()) return "nothing is saved";
  if (saved.epoch == 0) return "no epoch is saved yet";
  return cat("epoch ", saved.epoch, " is saved");
}

}  // namespace

TrainingEnd stopped(int epoch, const SavedSoFar& saved) {
  const bool resumable = !saved.folder.empty() && saved.epoch > 0;
  return {.outcome = Outcome::interrupted,
          .message = cat("stopped in epoch ", epoch, "; ", what_is_saved(saved),
                         resumable ? "; go on with: polytask train --resume " +
                                         saved.folder.string()
                                   : "")};
}

TrainingEnd diverged(const std::string& when, const std::string& what,
                     const SavedSoFar& saved) {
  return {.outcome = Outcome::diverged,
          .message = cat(when, ": ", what, "; ", what_is_saved(saved),
                         "; a smaller train.adam.learning_rate may help")};
}

std::string loss_not_finite(const Network& network,
                            const std::vector<Task>& tasks, const Dataset& data,
                            std::span<const std::int64_t> images) {
  std::string where = "the sum over the batch";
  for (std::size_t t = tasks.size(); t-- > 0;) {
    const Task& task = tasks[t];
    const auto logits = network.logits(t);
    const auto bad =
        std::ranges::find_if(logits, [](float z) { return !std::isfinite(z); });
    if (bad == logits.end()) continue;
    const auto at = static_cast<std::size_t>(bad - logits.begin());
    const auto units = static_cast<std::size_t>(task.units());
    where = cat(what_of(task, at % units), " of ",
                data.image_name(images[at / units]));
  }
  return "the loss is not finite: " + where;
}

}  // namespace polytask
