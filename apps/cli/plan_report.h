// A plan as a document and as a table.

#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "polytask/network/network_plan.h"

namespace polytask::cli {

// image, batch, threads, layers, memory; every size in bytes, FLOPs for one
// image.
[[nodiscard]] nlohmann::ordered_json plan_json(const NetworkPlan& plan);

[[nodiscard]] std::string plan_table(const NetworkPlan& plan);

}  // namespace polytask::cli
