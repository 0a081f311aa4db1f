// Whether parameters are those of a model.

#pragma once

#include <vector>

#include "polytask/model/model.h"

namespace polytask {

// Compares names, shapes and order with those of the network that `spec`
// describes, without building it. Throws Fault::data, listing those that
// differ, and as NetworkPlan does.
void require_parameters(const ModelSpec& spec,
                        const std::vector<ParameterSpec>& found);

}  // namespace polytask
