#include "polytask/kernels/peak.h"

#include <gtest/gtest.h>

#include "tests/support/vector_targets.h"

namespace polytask::kernels {
namespace {

// 12 vectors, a multiplication and an addition a lane.
TEST(Peak, CountsTheWorkOfEachKindOfProcessor) {
  for (const std::int64_t target : test::vector_targets()) {
    SCOPED_TRACE(hwy::TargetName(target));
    const test::OnlyTarget only(target);
    const double lanes = target == HWY_AVX2 ? 8.0 : 16.0;
    EXPECT_EQ(peak_work(100).flops, 100.0 * 12.0 * 2.0 * lanes);
  }
}

// The fixed point of x / 2 + 1; one round takes 0 to 11 to 1 to 6.5.
TEST(Peak, DoesTheArithmeticItCounts) {
  EXPECT_EQ(peak_work(1).result, 3.75);
  EXPECT_EQ(peak_work(100).result, 2.0);
}

TEST(Peak, WorksWithoutVectors) {
  const test::OnlyTarget only(HWY_SCALAR);
  EXPECT_EQ(peak_work(100).result, 2.0);
}

}  // namespace
}  // namespace polytask::kernels
