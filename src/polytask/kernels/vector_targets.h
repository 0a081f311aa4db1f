// Which processors the vector kernels are compiled for; include before Highway.
//
// AVX2 and AVX-512, chosen at run time. Without either, Highway's plain target
// runs what works with any number of lanes, and the plan leaves convolutions to
// oneDNN: see has_vector_fma().

#pragma once

#define HWY_DISABLED_TARGETS (HWY_SSSE3 | HWY_SSE4)
