#include "polytask/tensor/shape.h"

#include <gtest/gtest.h>

namespace polytask {
namespace {

TEST(Shape, CountIsTheProductOfTheAxes) {
  EXPECT_EQ(element_count({}), 1u);
  EXPECT_EQ(element_count({7}), 7u);
  EXPECT_EQ(element_count({2, 3, 4}), 24u);
  EXPECT_EQ(element_count({2, 0, 4}), 0u);
}

TEST(Shape, CountGoesBeyondThirtyTwoBits) {
  EXPECT_EQ(element_count({100000, 100000}), 10000000000u);
}

TEST(Shape, TextNamesEveryAxis) {
  EXPECT_EQ(to_text({}), "[]");
  EXPECT_EQ(to_text({100, 100, 3}), "[100, 100, 3]");
}

}  // namespace
}  // namespace polytask
