#include "polytask/worlds/drawing/dice.h"

#include <gtest/gtest.h>

namespace polytask::draw {
namespace {

TEST(Dice, SameKeySameNumbers) {
  Dice a(3, 17);
  Dice b(3, 17);
  for (int i = 0; i < 10; ++i) EXPECT_EQ(a.bits(), b.bits());
}

TEST(Dice, NeighboursShareNothing) {
  EXPECT_NE(Dice(3, 17).bits(), Dice(3, 18).bits());
  EXPECT_NE(Dice(3, 17).bits(), Dice(4, 17).bits());
  EXPECT_NE(Dice(3, 17).bits(), Dice(17, 3).bits());
}

TEST(Dice, UnitFillsItsIntervalEvenly) {
  Dice dice(1, 1);
  double sum = 0.0;
  for (int i = 0; i < 20000; ++i) {
    const float x = dice.unit();
    ASSERT_GE(x, 0.0f);
    ASSERT_LT(x, 1.0f);
    sum += x;
  }
  EXPECT_NEAR(sum / 20000, 0.5, 0.01);
}

TEST(Dice, BelowReachesEveryValueAndNoOther) {
  Dice dice(1, 2);
  std::array<int, 5> seen{};
  for (int i = 0; i < 5000; ++i)
    ++seen.at(static_cast<std::size_t>(dice.below(5)));
  for (const int count : seen) EXPECT_NEAR(count, 1000, 150);
}

TEST(Dice, BellHasUnitDeviation) {
  Dice dice(1, 3);
  double sum = 0.0;
  double squares = 0.0;
  for (int i = 0; i < 20000; ++i) {
    const double x = dice.bell();
    sum += x;
    squares += x * x;
  }
  EXPECT_NEAR(sum / 20000, 0.0, 0.03);
  EXPECT_NEAR(squares / 20000, 1.0, 0.04);
}

TEST(Dice, ChanceKeepsItsOdds) {
  Dice dice(1, 4);
  int hits = 0;
  for (int i = 0; i < 10000; ++i) hits += dice.chance(0.2f) ? 1 : 0;
  EXPECT_NEAR(hits, 2000, 150);
}

TEST(Dice, ColoursNearBlackStayLight) {
  Dice dice(1, 5);
  for (int i = 0; i < 1000; ++i) {
    const Color c = dice.near({0.1f, 0.1f, 0.1f}, 0.9f);
    EXPECT_GE(c.red, 0.0f);
    EXPECT_GE(c.green, 0.0f);
    EXPECT_GE(c.blue, 0.0f);
  }
}

}  // namespace
}  // namespace polytask::draw
