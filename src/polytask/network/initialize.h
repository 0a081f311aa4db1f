// The values parameters have before training.
//
// A kernel's numbers are uniform in [-r, r) with r = sqrt(6 / (fan_in +
// fan_out)); for a convolution both fans count the kernel's positions. Biases
// are 0. Each number depends only on (seed, the array's index, its own index).
// Source: Glorot and Bengio, AISTATS 2010; Keras' GlorotUniform.

#pragma once

#include <cstdint>

#include "polytask/tensor/parameter_store.h"

namespace polytask {

// Overwrites all parameters.
void initialize_glorot_uniform(ParameterStore& parameters, std::uint64_t seed);

}  // namespace polytask
