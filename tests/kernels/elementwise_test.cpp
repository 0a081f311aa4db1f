#include "polytask/kernels/elementwise.h"

#include <gtest/gtest.h>

#include <limits>
#include <vector>

namespace polytask::kernels {
namespace {

TEST(MaskRelu, PassesOnlyWhereTheResultIsAboveZero) {
  const std::vector<float> dst{2.0f, 0.0f, -0.0f, 1e-30f, -1.0f};
  std::vector<float> diff{1.0f, 2.0f, 3.0f, 4.0f, 5.0f};
  mask_relu(dst, diff);
  EXPECT_EQ(diff, (std::vector<float>{1.0f, 0.0f, 0.0f, 4.0f, 0.0f}));
}

TEST(MaskRelu, AMaskedInfinityIsZero) {
  const std::vector<float> dst{0.0f};
  std::vector<float> diff{std::numeric_limits<float>::infinity()};
  mask_relu(dst, diff);
  EXPECT_EQ(diff[0], 0.0f);
}

TEST(AddTo, AddsElementByElement) {
  std::vector<float> sum{1.0f, 2.0f, 3.0f};
  add_to(sum, std::vector<float>{10.0f, 20.0f, 30.0f});
  EXPECT_EQ(sum, (std::vector<float>{11.0f, 22.0f, 33.0f}));
}

TEST(AddScaled, InDoublesKeepsWhatAFloatWouldLose) {
  std::vector<double> sum{1.0, 2.0};
  add_scaled(std::span<double>(sum), 1e-12, std::vector<float>{1.0f, -3.0f});
  EXPECT_EQ(sum, (std::vector<double>{1.0 + 1e-12, 2.0 - 3e-12}));
}

TEST(MoveTowards, GoesItsShareOfTheWay) {
  std::vector<float> value{1.0f, 2.0f, -4.0f};
  move_towards(value, 0.25f, std::vector<float>{5.0f, 2.0f, 0.0f});
  EXPECT_EQ(value, (std::vector<float>{2.0f, 2.0f, -3.0f}));
  move_towards(value, 1.0f, std::vector<float>{7.0f, 8.0f, 9.0f});
  EXPECT_EQ(value, (std::vector<float>{7.0f, 8.0f, 9.0f}));
}

TEST(InnerProduct, OfDoublesAndFloatsIsThatOfTheNumbers) {
  std::vector<double> a(19);
  std::vector<float> b(19);
  for (std::size_t i = 0; i < a.size(); ++i) {
    a[i] = static_cast<double>(i) + 1e-12;
    b[i] = 2.0f;
  }
  EXPECT_NEAR(inner_product(std::span<const double>(a), b), 342.0 + 19 * 2e-12,
              1e-12);
}

TEST(ScalePixels, BytesAreUnsigned) {
  const std::vector<std::uint8_t> src{0, 1, 127, 128, 255};
  std::vector<float> dst(5);
  scale_pixels(src, 0.5f, dst);
  EXPECT_EQ(dst, (std::vector<float>{0.0f, 0.5f, 63.5f, 64.0f, 127.5f}));
}

TEST(ScalePixels, WhiteIsOne) {
  const std::vector<std::uint8_t> src{255};
  std::vector<float> dst(1);
  scale_pixels(src, 1.0f / 255.0f, dst);
  EXPECT_EQ(dst[0], 1.0f);
}

TEST(ScalePixels, FloatsAreScaledLikewise) {
  const std::vector<float> src{-1.0f, 0.25f};
  std::vector<float> dst(2);
  scale_pixels(src, 4.0f, dst);
  EXPECT_EQ(dst, (std::vector<float>{-4.0f, 1.0f}));
}

}  // namespace
}  // namespace polytask::kernels
