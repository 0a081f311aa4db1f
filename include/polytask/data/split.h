// Splitting a data set as scikit-learn does, index for index.
//
// train_test_split(size, {.test_size = 0.2, .random_state = 100}) gives what
// sklearn.model_selection.train_test_split(range(size), test_size=0.2,
// random_state=100) gives, order included, so results can be compared with
// those of programs that used it.
//
//   n_test  = ceil(test_size * size),  n_train = size - n_test
//   order   = a Fisher-Yates shuffle of 0 ... size - 1, from the last place
//             down, drawn from MT19937 seeded with random_state
//   test    = order[0, n_test),  train = order[n_test, size)
//
// With a validation_size as well, three parts: the first
// ceil(validation_size * size) of what would be `train` are `validation`. The
// test part stays what it is without.

#pragma once

#include <cstdint>
#include <vector>

namespace polytask {

struct SplitOptions {
  double test_size = 0.2;          // share of the images, 0 < test_size < 1
  double validation_size = 0.0;    // the same; 0: no such part
  std::uint32_t random_state = 0;  // seed
};

struct Split {
  std::vector<std::int64_t> train;
  std::vector<std::int64_t> test;
  std::vector<std::int64_t> validation{};
};

// Throws Fault::config when a share is out of range or leaves a part empty.
// With a validation_size, test_size may be 0.
//   size   images, 0 <= size <= 2^32
[[nodiscard]] Split train_test_split(std::int64_t size,
                                     const SplitOptions& options);

}  // namespace polytask
