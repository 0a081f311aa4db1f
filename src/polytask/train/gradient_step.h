// From the gradients of a batch to new parameters.

#pragma once

#include <optional>
#include <string>

#include "polytask/network/network.h"
#include "polytask/optim/adam.h"
#include "polytask/tensor/parameter_store.h"

namespace polytask {

// The first parameter array whose gradient Adam cannot use. The loss alone does
// not tell: relu and pooling are comparisons, which a NaN loses. Values whose
// squares overflow would stop their weights for ever.
[[nodiscard]] std::optional<std::string> unusable_gradient(Network& network);

// One step of Adam, after adam.begin_step(): each range of a gradient is used
// while it is in the cache, and never stored as a whole.
void update_parameters(Network& network, const Adam& adam,
                       ParameterStore& parameters, AdamMemory& memory);

}  // namespace polytask
