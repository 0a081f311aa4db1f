// The parameters of a DenseLayer that need not be built.

#pragma once

#include <string>
#include <vector>

#include "polytask/tensor/parameter_store.h"

namespace polytask {

// NAME/kernel [F, units] and NAME/bias [units].
// Throws Fault::config for units beyond layers/limits.h, Fault::shape when src
// is not [F].
[[nodiscard]] std::vector<ParameterSpec> dense_parameters(
    const std::string& name, int units, const Shape& src);

}  // namespace polytask
