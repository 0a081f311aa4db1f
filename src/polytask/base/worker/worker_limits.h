// What a worker process does first: it gives up what it does not need.

#pragma once

#include <vector>

#include "polytask/base/worker/worker_process.h"

namespace polytask {

// In the worker, before its work: leaves the terminal, dies with its parent,
// drops signal handlers, closes every descriptor but `needed`, points the
// standard streams at /dev/null, and sets the limits.
void enter_worker(const WorkerLimits& limits, std::vector<int> needed);

}  // namespace polytask
