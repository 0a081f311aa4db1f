#include "polytask/kernels/row_product.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <random>
#include <vector>

#include "tests/support/vector_targets.h"

namespace polytask::kernels {
namespace {

struct Product {
  std::vector<float> src;     // [F], some of them zeros
  std::vector<float> kernel;  // [F, units]
  std::vector<float> expected;

  Product(int features, int units, double zeros)
      : src(features), kernel(features * units), expected(units) {
    std::mt19937 random(7);
    std::uniform_real_distribution<float> value(-1.0f, 1.0f);
    std::bernoulli_distribution is_zero(zeros);
    for (float& x : src) x = is_zero(random) ? 0.0f : value(random);
    for (float& w : kernel) w = value(random);
    for (int i = 0; i < features; ++i) {
      for (int j = 0; j < units; ++j) {
        expected[j] = std::fma(src[i], kernel[i * units + j], expected[j]);
      }
    }
  }

  std::vector<float> run() const {
    std::vector<float> dst(expected.size(), 99.0f);
    row_product(src, kernel, dst);
    return dst;
  }
};

TEST(RowProduct, HasTheBitsOfThePlainLoopOnEveryProcessor) {
  for (const std::int64_t target : test::vector_targets()) {
    SCOPED_TRACE(hwy::TargetName(target));
    const test::OnlyTarget only(target);
    for (const int features : {0, 1, 7, 8, 9, 100}) {
      for (const int units : {1, 5, 16, 31, 64, 512}) {
        for (const double zeros : {0.0, 0.6, 1.0}) {
          const Product product(features, units, zeros);
          EXPECT_EQ(product.run(), product.expected)
              << features << " features, " << units << " units";
        }
      }
    }
  }
}

TEST(RowProduct, RowsThatMeetAZeroAreNotRead) {
  const float infinity = std::numeric_limits<float>::infinity();
  std::vector<float> dst(2);
  row_product(
      std::vector<float>{0.0f, 2.0f, -0.0f},
      std::vector<float>{infinity, infinity, 3.0f, 4.0f, infinity, infinity},
      dst);
  EXPECT_EQ(dst, (std::vector<float>{6.0f, 8.0f}));
}

TEST(RowProduct, ANotANumberComesOut) {
  std::vector<float> dst(1);
  row_product(std::vector<float>{std::nanf(""), 1.0f},
              std::vector<float>{1.0f, 1.0f}, dst);
  EXPECT_TRUE(std::isnan(dst[0]));
}

}  // namespace
}  // namespace polytask::kernels
