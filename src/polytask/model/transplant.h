// Models that begin with the parameters of others.

#pragma once

#include <cstdint>

#include "polytask/model/model.h"

namespace polytask {

// Overwrites the arrays of `to` that `from` has too, by name and shape.
void copy_parameters(const Model& from, Model& to);

// A model of `spec`, which has the image and the trunk of `from`: the trunk and
// the heads of tasks that `from` has by that name begin with its parameters and
// its target statistics, the other heads as make_model(spec, seed) has them.
// Throws as make_model does; Fault::config, listing every one, for tasks of
// `from` with another kind, other labels or another head.
[[nodiscard]] Model transplant(const Model& from, ModelSpec spec,
                               std::uint64_t seed);

}  // namespace polytask
