// A plan as a document and as a table.

#pragma once

#include <string>

#include "polytask/base/json.h"
#include "polytask/network/network_plan.h"
#include "polytask/optim/adam_options.h"

namespace polytask {

// image, batch, threads, shards, layers, memory; every size in bytes, FLOPs for
// one image.
//   adam   of the training: what it keeps of each parameter is memory too
[[nodiscard]] Json plan_json(const NetworkPlan& plan, const AdamOptions& adam);

[[nodiscard]] std::string plan_table(const NetworkPlan& plan,
                                     const AdamOptions& adam);

}  // namespace polytask
