// The kinds behind make_weighting(). Each overwrites the weights of the tasks
// that take part, and keeps what it learned in the state.

#pragma once

#include <memory>
#include <vector>

#include "polytask/task/task_weighting.h"

namespace polytask {

// equal, uncertainty, dwa, rlw, gls, stch, famo: from the losses at most;
// nullptr for the kinds that need the Gramian.
[[nodiscard]] std::unique_ptr<TaskWeighting> make_loss_kind(
    const WeightingOptions& options, const WeightedTasks& tasks);

// gradnorm, pcgrad, mgda, cagrad, imtl_g, nash_mtl, aligned_mtl, upgrad;
// nullptr for the others.
[[nodiscard]] std::unique_ptr<TaskWeighting> make_gradient_kind(
    const WeightingOptions& options, const WeightedTasks& tasks);

}  // namespace polytask
