// The kinds behind make_weighting(). Each overwrites the weights of the tasks
// that take part, and keeps what it learned in the state.

#pragma once

#include <memory>
#include <vector>

#include "polytask/weighting/task_weighting.h"

namespace polytask {

// Whether a task's own weight (and the schedule's factor) scales its loss
// before the kind chooses: pcgrad, mgda, cagrad, upgrad, so that d conflicts
// with no task they promise it of, whatever the weights. With the others it
// multiplies the chosen weight. Those that would forget it, for they forget how
// long a gradient is (gradnorm, imtl_g, nash_mtl, aligned_mtl), promise what
// they do of d only where the own weights are equal.
[[nodiscard]] bool weighs_scaled_gradients(WeightingKind kind);

// equal, uncertainty, dwa, rlw, gls, stch, famo: from the losses at most;
// nullptr for the kinds that need the Gramian.
[[nodiscard]] std::unique_ptr<TaskWeighting> make_loss_kind(
    const WeightingOptions& options, const WeightedTasks& tasks);

// gradnorm, pcgrad, mgda, cagrad, imtl_g, nash_mtl, aligned_mtl, upgrad;
// nullptr for the others.
[[nodiscard]] std::unique_ptr<TaskWeighting> make_gradient_kind(
    const WeightingOptions& options, const WeightedTasks& tasks);

}  // namespace polytask
