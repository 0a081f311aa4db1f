#include "polytask/data/table/natural_order.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

namespace polytask {
namespace {

TEST(NaturalOrder, ListsNumberedFilesAsPeopleDo) {
  std::vector<std::string> names{"b.jpg", "10.jpg",    "2.jpg",     "a10b2.jpg",
                                 "1.jpg", "a9b10.jpg", "a10b1.jpg", "02.jpg"};
  std::ranges::sort(names, comes_before);
  EXPECT_EQ(names, (std::vector<std::string>{"1.jpg", "02.jpg", "2.jpg",
                                             "10.jpg", "a9b10.jpg", "a10b1.jpg",
                                             "a10b2.jpg", "b.jpg"}));
}

TEST(NaturalOrder, NumbersOfAnyLengthCompare) {
  EXPECT_TRUE(comes_before("99999999999999999999", "100000000000000000000"));
  EXPECT_FALSE(comes_before("100000000000000000000", "99999999999999999999"));
}

// What sorting needs, over all pairs and triples of awkward names.
TEST(NaturalOrder, IsAStrictTotalOrder) {
  const std::vector<std::string> names{"",    "0",   "00", "1",   "01",  "1a",
                                       "01a", "a",   "a1", "a01", "a1b", "\xff",
                                       "10",  "a10", ".",  "1."};
  for (const auto& a : names) {
    for (const auto& b : names) {
      EXPECT_EQ(comes_before(a, b) + comes_before(b, a), a != b) << a << b;
      for (const auto& c : names) {
        if (comes_before(a, b) && comes_before(b, c)) {
          EXPECT_TRUE(comes_before(a, c)) << a << ' ' << b << ' ' << c;
        }
      }
    }
  }
}

}  // namespace
}  // namespace polytask
