#include "polytask/network/read_extents.h"

#include <gtest/gtest.h>

#include "tests/network/network_bench.h"

namespace polytask {
namespace {

// Rows that are computed of each result; the columns of a square are the same.
std::vector<int> rows_of(const std::vector<LayerOptions>& trunk, int size) {
  std::vector<int> rows;
  for (const ReadExtent& e : read_extents(trunk, {size, size, 3})) {
    EXPECT_EQ(e.read.rows, e.read.columns);
    rows.push_back(e.read.rows);
  }
  return rows;
}

// The second pool sees 47 rows and reads 46; so the last convolution reads 48
// of the 49 the third gives.
TEST(ReadExtents, OfThePostAreOneRowLessFromTheThirdConvolutionOn) {
  EXPECT_EQ(rows_of(test::post_network(false).trunk, 100),
            (std::vector<int>{100, 98, 49, 48, 46, 23, 0, 0}));
}

TEST(ReadExtents, NothingIsLeftOutWhereEverythingIsRead) {
  EXPECT_EQ(rows_of({Conv2D{.filters = 3, .padding = Padding::same},
                     MaxPooling2D{}, Conv2D{.filters = 3}, Flatten{}},
                    16),
            (std::vector<int>{16, 8, 6, 0}));
}

TEST(ReadExtents, AStrideLeavesOutWhatLiesBehindItsLastPosition) {
  EXPECT_EQ(rows_of({Conv2D{.filters = 3, .padding = Padding::same},
                     Conv2D{.filters = 3, .strides = 2}, Flatten{}},
                    16),
            (std::vector<int>{15, 7, 0}));
}

// 10 rows, valid: all 8 positions lie in the input, and none is left out
// although the pool reads 6 of them.
TEST(ReadExtents, TheInputComesAsItIs) {
  EXPECT_EQ(
      rows_of({Conv2D{.filters = 3}, MaxPooling2D{.pool_size = 3}, Flatten{}},
              10),
      (std::vector<int>{8, 2, 0}));
}

TEST(ReadExtents, RowsAndColumnsAreCountedApart) {
  const std::vector<LayerOptions> layers{
      Conv2D{.filters = 3, .padding = Padding::same}, MaxPooling2D{},
      Flatten{}};
  const std::vector<ReadExtent> extents = read_extents(layers, {9, 12, 3});
  EXPECT_EQ(extents[0].read.rows, 8);
  EXPECT_EQ(extents[0].read.columns, 12);
  EXPECT_EQ(extents[1].src.rows, 9);
}

TEST(ReadExtents, OfAnImpossibleNetworkAreAll) {
  EXPECT_EQ(
      rows_of({MaxPooling2D{.pool_size = 4}, Conv2D{.filters = 3}, Flatten{}},
              8),
      (std::vector<int>{0, 0, 0}));
}

}  // namespace
}  // namespace polytask
