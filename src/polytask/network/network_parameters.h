// A network's parameters, found from its description alone. Nothing is built
// and nothing depends on how large the numbers are, so this is what a
// description from outside is held to first.

#pragma once

#include <vector>

#include "polytask/network/network_plan.h"

namespace polytask {

// Names and shapes in the order of NetworkPlan::parameters().
// Throws Fault::config and Fault::shape, naming the layer, when the description
// is of no possible network, or beyond what layers/limits.h allows.
[[nodiscard]] std::vector<ParameterSpec> network_parameters(
    const NetworkOptions& network, const PlanOptions& options);

}  // namespace polytask
