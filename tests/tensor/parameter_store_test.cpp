#include "polytask/tensor/parameter_store.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>

#include "tests/support/expect_error.h"

namespace polytask {
namespace {

ParameterLayout two_arrays() {
  return ParameterLayout(std::vector<ParameterSpec>{{"dense_1/kernel", {5, 3}},
                                                    {"dense_1/bias", {3}}});
}

TEST(ParameterLayout, CountsWithAndWithoutTheGaps) {
  EXPECT_EQ(two_arrays().parameter_count(), 18u);
  EXPECT_EQ(two_arrays().flat_count(), 32u);
}

TEST(ParameterLayout, LayoutsOfTheSameArraysAreEqual) {
  EXPECT_EQ(two_arrays(), two_arrays());
  EXPECT_NE(two_arrays(), ParameterLayout());
}

TEST(ParameterLayout, EqualNamesSayWhatToDo) {
  test::expect_error(
      Fault::config,
      "parameter \"head/bias\" exists twice; give the layers different names",
      [] {
        const ParameterLayout layout(
            std::vector<ParameterSpec>{{"head/bias", {3}}, {"head/bias", {4}}});
      });
}

TEST(ParameterStore, BeginsAsZerosOnCacheLines) {
  const ParameterStore store(two_arrays());
  EXPECT_TRUE(
      std::ranges::all_of(store.flat(), [](float v) { return v == 0.0f; }));
  for (std::size_t i = 0; i < 2; ++i) {
    EXPECT_EQ(reinterpret_cast<std::uintptr_t>(store[i].data()) % 64, 0u);
  }
}

TEST(ParameterStore, ArraysLieInTheFlatBlockWithoutOverlap) {
  ParameterStore store(two_arrays());
  std::ranges::fill(store[0], 1.0f);
  std::ranges::fill(store[1], 2.0f);
  EXPECT_EQ(store[0].size(), 15u);
  EXPECT_EQ(store[1].size(), 3u);
  EXPECT_EQ(std::ranges::count(store.flat(), 1.0f), 15);
  EXPECT_EQ(std::ranges::count(store.flat(), 2.0f), 3);
  EXPECT_EQ(std::ranges::count(store.flat(), 0.0f), 14);
}

TEST(ParameterStore, MovesWithItsNumbers) {
  ParameterStore store(two_arrays());
  store[1][2] = 7.0f;
  const ParameterStore moved(std::move(store));
  EXPECT_EQ(moved[1][2], 7.0f);
}

TEST(ParameterStore, NoArraysNeedNoMemory) {
  const ParameterStore store{ParameterLayout()};
  EXPECT_TRUE(store.flat().empty());
}

TEST(ParameterStore, TooManyNumbersForTheMachineAreRefused) {
  test::expect_error_parts(
      Fault::resource, {"workspace: expected ", " MiB of memory"}, [] {
        const ParameterStore store(ParameterLayout(
            std::vector<ParameterSpec>{{"huge", {1 << 30, 1 << 20}}}));
      });
}

}  // namespace
}  // namespace polytask
