// Views of a data set with fewer answers, or with guessed ones.

#pragma once

#include <cstdint>
#include <vector>

#include "polytask/data/dataset.h"

namespace polytask {

// Hides each answer with the probability `share`, in [0, 1). What is hidden
// depends on `seed` and the place alone: a larger share hides the same and
// more.
[[nodiscard]] DatasetPtr hide_answers(DatasetPtr data, double share,
                                      std::uint64_t seed);

// Answers what `data` does not: guesses are [N, columns], NaN where there is
// none.
[[nodiscard]] DatasetPtr add_guesses(DatasetPtr data,
                                     std::vector<float> guesses);

}  // namespace polytask
