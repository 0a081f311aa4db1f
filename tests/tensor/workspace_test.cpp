#include "polytask/tensor/workspace.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <random>

#include "tests/support/expect_error.h"

namespace polytask {
namespace {

// Fills every slot with its own index, then reads all of them back: any
// overlap overwrites someone's mark.
TEST(Workspace, SlotsAreAlignedAndNeverOverlap) {
  constexpr unsigned kSeed = 301;
  std::mt19937 rng(kSeed);
  std::uniform_int_distribution<std::size_t> count(1, 1000);

  WorkspacePlan plan;
  std::vector<Slot> slots;
  for (int i = 0; i < 500; ++i) {
    slots.push_back(plan.reserve("slot", count(rng)));
  }

  const Workspace workspace(plan);
  for (std::size_t i = 0; i < slots.size(); ++i) {
    std::ranges::fill(workspace[slots[i]], static_cast<float>(i));
  }
  for (std::size_t i = 0; i < slots.size(); ++i) {
    const auto data = workspace[slots[i]];
    EXPECT_EQ(reinterpret_cast<std::uintptr_t>(data.data()) %
                  WorkspacePlan::kAlignmentBytes,
              0u);
    EXPECT_TRUE(std::ranges::all_of(
        data, [i](float v) { return v == static_cast<float>(i); }))
        << "slot " << i << " was overwritten; seed " << kSeed;
  }
}

TEST(WorkspacePlan, EmptyReservationNamesItsOwner) {
  test::expect_error(Fault::shape, "fc1.dst: cannot reserve an empty buffer",
                     [] {
                       WorkspacePlan plan;
                       (void)plan.reserve("fc1.dst", 0);
                     });
}

TEST(WorkspacePlan, DescribeListsLargestFirst) {
  WorkspacePlan plan;
  (void)plan.reserve("small", 1);
  (void)plan.reserve("large", 100);
  EXPECT_EQ(plan.describe(), "400 bytes  large\n4 bytes  small\n");
}

TEST(WorkspacePlan, ReservationsAreThoseOfDescribe) {
  WorkspacePlan plan;
  (void)plan.reserve("small", 1);
  (void)plan.reserve("large", 100);
  const auto found = plan.reservations();
  ASSERT_EQ(found.size(), 2u);
  EXPECT_EQ(found[0].owner, "large");
  EXPECT_EQ(found[0].bytes, 400u);
  EXPECT_EQ(found[1].owner, "small");
  EXPECT_EQ(found[1].bytes, 4u);
}

TEST(Workspace, TooMuchMemorySaysWhatNeedsLess) {
  WorkspacePlan plan;
  (void)plan.reserve("huge", std::size_t{1} << 46);
  test::expect_error_parts(Fault::resource,
                           {"workspace: expected 268435472 MiB of memory",
                            "a smaller train.batch_size or smaller images "
                            "need less"},
                           [&] { const Workspace workspace(plan); });
}

}  // namespace
}  // namespace polytask
