#pragma once

#include <functional>
#include <span>

namespace polytask::test {

// Expects `gradient` to equal the central differences of `objective` at `at`,
// element by element, within `rel` of the largest gradient.
//   step   of the difference; the objective should be smooth over it
void expect_gradient(
    const std::function<double(std::span<const float>)>& objective,
    std::span<const float> at, std::span<const float> gradient, double rel,
    double step = 1e-2);

}  // namespace polytask::test
