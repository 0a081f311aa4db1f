// A step of a weighting allocates nothing. This program's operator new counts
// while a test asks it to.

#include <gtest/gtest.h>

#include <atomic>
#include <cstdlib>
#include <new>

#include "polytask/weighting/task_weighting.h"
#include "polytask/weighting/weighting_settings.h"
#include "tests/weighting/weighting_example.h"

namespace {
std::atomic<long> allocations{0};
}  // namespace

// None of them may be inlined: a compiler that sees one without the other
// takes malloc and delete, or new and free, for a mismatched pair.
[[gnu::noinline]] void* operator new(std::size_t bytes) {
  ++allocations;
  if (void* memory = std::malloc(bytes == 0 ? 1 : bytes)) return memory;
  throw std::bad_alloc();
}
[[gnu::noinline]] void* operator new(std::size_t bytes,
                                     const std::nothrow_t&) noexcept {
  ++allocations;
  return std::malloc(bytes == 0 ? 1 : bytes);
}
[[gnu::noinline]] void operator delete(void* memory) noexcept {
  std::free(memory);
}
[[gnu::noinline]] void operator delete(void* memory, std::size_t) noexcept {
  std::free(memory);
}

namespace polytask {
namespace {

TEST(WeightingAllocation, StepAllocatesNothing) {
  std::mt19937 random(1);
  const std::vector<double> gramian =
      test::flat(test::gramian_of(test::random_vectors(5, 3, random)));
  const std::vector<double> losses{1, 2, 3, 4, 5};
  for (const auto& [name, kind] : names_of(WeightingKind{})) {
    const auto weighting =
        make_weighting({.kind = kind}, test::weighted({1, 1, 1, 1, 1}));
    const long before = allocations;
    for (int step = 0; step < 3; ++step) {
      (void)weighting->weights(
          {.losses = losses, .gramian = gramian, .step = step});
      weighting->after_step(losses);
      weighting->end_epoch(step, losses);
    }
    EXPECT_EQ(allocations - before, 0) << name;
  }
}

TEST(WeightingAllocation, CountingWorks) {
  const long before = allocations;
  const std::vector<int> some(10);
  EXPECT_EQ(allocations - before, 1);
}

}  // namespace
}  // namespace polytask
