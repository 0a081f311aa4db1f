#include "polytask/base/number_text.h"

#include <gtest/gtest.h>

#include <limits>

namespace polytask {
namespace {

TEST(NumberText, OfATableTakesAtMostEightColumns) {
  EXPECT_EQ(table_text(0.65251), "0.6525");
  EXPECT_EQ(table_text(-98.76543), "-98.7654");
  EXPECT_EQ(table_text(99.99996), "100.00");
  EXPECT_EQ(table_text(-798.68645), "-798.69");
  EXPECT_EQ(table_text(-9999.994), "-9999.99");
  EXPECT_EQ(table_text(9999.996), "10000");
  EXPECT_EQ(table_text(-9999999.4), "-9999999");
  EXPECT_EQ(table_text(123456789.0), "1.2e+08");
  EXPECT_EQ(table_text(0.0), "0.0000");
  EXPECT_EQ(table_text(std::numeric_limits<double>::quiet_NaN()), "nan");
  for (double size = 1e-9; size < 1e99; size *= 1.7) {
    EXPECT_LE(table_text(-size).size(), 8u) << size;
  }
}

}  // namespace
}  // namespace polytask
