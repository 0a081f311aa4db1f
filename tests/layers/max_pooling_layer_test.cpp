#include "polytask/layers/max_pooling_layer.h"

#include <gtest/gtest.h>

#include "polytask/base/text.h"
#include "tests/support/check_layer.h"
#include "tests/support/expect_error.h"

namespace polytask {
namespace {

constexpr float kApart = 0x1p-5f;

TEST(MaxPoolingLayer, IsTheSameInBands) {
  const MaxPoolingLayer layer({.name = "pool", .bands = 3}, {15, 6, 5});
  EXPECT_EQ(layer.bands(), 3);
  test::check_layer(layer, {.apart = kApart});
}

TEST(MaxPoolingLayer, PassesTheLayerCheckWithRowsAndColumnsLeftOver) {
  for (const int pool : {2, 3}) {
    for (const Shape& src : {Shape{4, 6, 3}, {5, 7, 1}, {7, 8, 17}}) {
      const MaxPoolingLayer layer(
          {.name = cat("pool ", pool), .pool_size = pool}, src);
      test::check_layer(layer, {.apart = kApart});
    }
  }
}

TEST(MaxPoolingLayer, KnownValue) {
  const MaxPoolingLayer layer({.name = "max_pooling2d_1"}, {2, 4, 1});
  const std::vector<float> src{1, 2, -5, -6,  //
                               4, 3, -8, -7};
  std::vector<float> dst(2);
  layer.forward({.src = src.data(), .dst = dst.data()});
  EXPECT_EQ(dst, (std::vector<float>{4, -5}));
}

// Behind a relu a window of zeros passes nothing back: the relu would not let
// it through.
TEST(MaxPoolingLayer, WindowWithoutAPositiveValuePassesNothingBackBehindARelu) {
  const std::vector<float> src{0, 0, 1, 0,  //
                               0, 0, 0, 2};
  for (const bool masks : {false, true}) {
    const MaxPoolingLayer layer({.name = "pool", .masks_relu = masks},
                                {2, 4, 1});
    std::vector<float> dst(2);
    std::vector<std::uint8_t> state(layer.spec().state_bytes);
    layer.forward(
        {.src = src.data(), .dst = dst.data(), .state = state.data()});
    std::vector<float> diff_dst{10, 20};
    std::vector<float> diff_src(8, -1.0f);
    layer.backward({.state = state.data(),
                    .diff_dst = diff_dst.data(),
                    .diff_src = diff_src.data()});
    const float first = masks ? 0.0f : 10.0f;
    EXPECT_EQ(diff_src, (std::vector<float>{first, 0, 0, 0, 0, 0, 0, 20}));
  }
}

// A column is left over: 10 elements, 8 of them in the two windows.
TEST(MaxPoolingLayer, SurvivorsAreTheWindowsThatPassSomethingBack) {
  const MaxPoolingLayer layer({.name = "pool", .masks_relu = true}, {2, 5, 1});
  const std::vector<float> src{0, 0, 1, 0, 9,  //
                               0, 0, 0, 2, 9};
  std::vector<float> dst(2);
  std::vector<std::uint8_t> state(layer.spec().state_bytes);
  layer.forward({.src = src.data(), .dst = dst.data(), .state = state.data()});
  const auto found = layer.survivors(state.data());
  ASSERT_TRUE(found.has_value());
  EXPECT_EQ(found->alive, 1u);
  EXPECT_EQ(found->windows, 2u);
  EXPECT_EQ(found->elements, 10u);
}

TEST(MaxPoolingLayer, TrainingAndInferenceAgree) {
  const MaxPoolingLayer layer({.name = "pool", .masks_relu = true}, {4, 4, 1});
  const std::vector<float> src{-1, -2, 3, 4, 0, 0, 5, 5,
                               7,  0,  0, 0, 1, 2, 0, 0};
  std::vector<float> with_state(4);
  std::vector<float> without(4);
  std::vector<std::uint8_t> state(4);
  layer.forward(
      {.src = src.data(), .dst = with_state.data(), .state = state.data()});
  layer.forward({.src = src.data(), .dst = without.data()});
  EXPECT_EQ(with_state, without);
}

TEST(MaxPoolingLayer, PoolSizesOutsideTwoToFifteenAreRefused) {
  for (const int pool : {1, 16}) {
    test::expect_error(
        Fault::config,
        cat("max_pooling2d_1: pool_size: expected 2 to 15, got ", pool), [&] {
          const MaxPoolingLayer layer(
              {.name = "max_pooling2d_1", .pool_size = pool}, {32, 32, 3});
        });
  }
}

TEST(MaxPoolingLayer, LargestWindowPassesTheLayerCheck) {
  test::check_layer(
      MaxPoolingLayer({.name = "pool 15", .pool_size = 15}, {16, 31, 1}),
      {.apart = kApart});
}

TEST(MaxPoolingLayer, WindowLargerThanItsInputSaysWhatToDo) {
  test::expect_error(
      Fault::shape,
      "max_pooling2d_1: a window of 3 x 3 does not fit into its input "
      "[2, 8, 4]; pool less, or use larger images",
      [] {
        const MaxPoolingLayer layer({.name = "max_pooling2d_1", .pool_size = 3},
                                    {2, 8, 4});
      });
}

TEST(MaxPoolingLayer, FeaturesInsteadOfAnImageSayWhatToDo) {
  test::expect_error(
      Fault::shape,
      "max_pooling2d_1: expected an image [height, width, channels], got "
      "[512]; pooling comes before flatten and dense",
      [] { const MaxPoolingLayer layer({.name = "max_pooling2d_1"}, {512}); });
}

}  // namespace
}  // namespace polytask
