// Multi-Fashion+MNIST: two pictures on one canvas, two questions about it.
//
//        0       8              28      36
//      0 +-----------------------+
//        |  digit                |
//      8 |       +---------------+-------+     where the two overlap, the
//        |       |    both       |       |     brighter pixel is seen
//     28 +-------+---------------+       |
//        |       |       fashion         |
//     36         +-----------------------+
//
// Every digit and every piece of clothing is used the same number of times,
// with partners drawn at random.
// Source: Lin, Zhen, Li, Zhang, Kwong, "Pareto Multi-Task Learning", NeurIPS
// 2019; docs/multi-fashion-mnist.md says what is known of its data.

#pragma once

#include <cstdint>
#include <span>

#include "benchmarks/multi_fashion_mnist/idx_file.h"
#include "polytask/data/dataset.h"

namespace polytask::benchmark {

inline constexpr int kCanvas = 36;  // pixels, both ways

struct OverlayOptions {
  std::uint64_t seed = 1;  // of who stands beside whom, and of the order
  std::uint32_t part = 0;  // training and test draw different numbers
  int uses = 2;            // of each item
};

// Overwrites `canvas`, [36, 36], with `digit` and `fashion`, [28, 28] each.
void lay_over(std::span<const std::uint8_t> digit,
              std::span<const std::uint8_t> fashion,
              std::span<std::uint8_t> canvas);

// uses * N images [36, 36, 1] with the columns `digit` and `fashion`, which
// hold classes with names. The same items and options give the same bytes.
//
// Throws Fault::data when there are not as many digits as fashions,
// Fault::resource when there is no memory.
[[nodiscard]] DatasetPtr overlay(const Items& digits, const Items& fashions,
                                 const OverlayOptions& options = {});

}  // namespace polytask::benchmark
