#include "polytask/data/split.h"

#include <bit>
#include <cmath>
#include <numeric>
#include <random>
#include <utility>

#include "polytask/base/error.h"
#include "polytask/base/text.h"

namespace polytask {
namespace {

constexpr std::int64_t kMostImages = std::int64_t{1} << 32;

// Uniform in [0, most], as NumPy's RandomState draws it: 32 bits, cut to the
// length of `most`, until they do not exceed it.
std::uint32_t draw_up_to(std::uint32_t most, std::mt19937& random) {
  const auto mask = static_cast<std::uint32_t>(
      (std::uint64_t{1} << std::bit_width(most)) - 1);
  std::uint32_t value = 0;
  do {
    value = static_cast<std::uint32_t>(random()) & mask;
  } while (value > most);
  return value;
}

std::vector<std::int64_t> permutation(std::int64_t size, std::uint32_t seed) {
  std::vector<std::int64_t> order(static_cast<std::size_t>(size));
  std::iota(order.begin(), order.end(), std::int64_t{0});
  std::mt19937 random(seed);
  for (std::size_t i = order.size(); i-- > 1;) {
    const auto most = static_cast<std::uint32_t>(i);
    std::swap(order[i], order[draw_up_to(most, random)]);
  }
  return order;
}

void require_size(std::int64_t size) {
  if (size >= 0 && size <= kMostImages) return;
  throw Error(Fault::config, cat("data.split: expected 0 to ", kMostImages,
                                 " images, got ", size));
}

std::int64_t checked_test_count(std::int64_t size, double test_size) {
  if (!(test_size > 0.0 && test_size < 1.0)) {
    throw Error(Fault::config,
                cat("data.split.test_size: expected a share between 0 and 1, "
                    "got ",
                    test_size));
  }
  require_size(size);
  const auto count = static_cast<std::int64_t>(
      std::ceil(test_size * static_cast<double>(size)));
  if (count > 0 && count < size) return count;
  throw Error(Fault::config,
              cat("data.split.test_size: ", test_size, " of ", size,
                  " images leaves ", size - count, " to train on and ", count,
                  " to validate on; expected at least one of each"));
}

std::int64_t count_of(double share, std::int64_t size) {
  return static_cast<std::int64_t>(
      std::ceil(share * static_cast<double>(size)));
}

Split split_in_three(std::int64_t size, const SplitOptions& options) {
  const double share = options.validation_size;
  const double test_share = options.test_size;
  if (!(share > 0.0 && test_share >= 0.0 && share + test_share < 1.0)) {
    throw Error(
        Fault::config,
        cat("data.split: expected shares of 0 or more for test_size and "
            "validation_size that leave some images to train on, got ",
            test_share, " and ", share));
  }
  require_size(size);
  const std::int64_t test = count_of(test_share, size);
  const std::int64_t held_back = test + count_of(share, size);
  if (size == 0 || held_back >= size) {
    throw Error(Fault::config, cat("data.split: test_size ", test_share,
                                   " and validation_size ", share, " of ", size,
                                   " images leave none to train on"));
  }
  const std::vector<std::int64_t> order =
      permutation(size, options.random_state);
  return {.train = {order.begin() + held_back, order.end()},
          .test = {order.begin(), order.begin() + test},
          .validation = {order.begin() + test, order.begin() + held_back}};
}

}  // namespace

Split train_test_split(std::int64_t size, const SplitOptions& options) {
  if (options.validation_size != 0.0) return split_in_three(size, options);
  const std::int64_t test = checked_test_count(size, options.test_size);
  const std::vector<std::int64_t> order =
      permutation(size, options.random_state);
  return {.train = {order.begin() + test, order.end()},
          .test = {order.begin(), order.begin() + test}};
}

}  // namespace polytask
