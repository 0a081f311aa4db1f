// Why a training ends before its last epoch, and how it says so.

#include <algorithm>
#include <atomic>
#include <bit>
#include <cmath>

#include "polytask/base/text.h"
#include "polytask/train/training.h"

namespace polytask {
namespace {

// NaN, infinity, or 2^63 and more: without branches, for it runs every step.
bool any_unusable(std::span<const float> values) {
  constexpr std::uint32_t kMagnitude = 0x7FFFFFFF;
  constexpr std::uint32_t kLimit = std::bit_cast<std::uint32_t>(0x1p63f);
  std::uint32_t found = 0;
  for (const float value : values) {
    const std::uint32_t bits = std::bit_cast<std::uint32_t>(value);
    found |= static_cast<std::uint32_t>((bits & kMagnitude) >= kLimit);
  }
  return found != 0;
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

// The first tensor whose gradient Adam cannot use. The loss alone does not
// tell: relu and pooling are comparisons, which a NaN loses. Values whose
// squares overflow would stop their weights for ever.
std::optional<std::string> Training::unusable_gradient() {
  std::atomic<bool> found = false;
  const std::size_t count = gradients_.flat().size();
  pool_.run(kRanges, [&](int range, int) {
    const std::size_t first = range_edge(count, range);
    const std::size_t last = range_edge(count, range + 1);
    if (any_unusable(gradients_.flat().subspan(first, last - first))) {
      found = true;
    }
  });
  if (!found) return std::nullopt;
  const auto& specs = gradients_.layout().specs();
  std::size_t tensor = 0;
  while (!any_unusable(gradients_[tensor])) ++tensor;
  return specs[tensor].name;
}

}  // namespace polytask
