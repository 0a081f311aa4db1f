#include "polytask/kernels/sparse_convolution.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <random>

#include "polytask/base/text.h"
#include "polytask/kernels/max_pool.h"
#include "tests/reference/convolution.h"
#include "tests/support/vector_targets.h"

namespace polytask::kernels {
namespace {

constexpr float kNaN = std::numeric_limits<float>::quiet_NaN();
constexpr float kGuard = 12345.0f;

enum class Zeros { of_pool, of_relu };

// One problem with its answer in plain loops and doubles.
struct Case {
  Zeros zeros;
  SparseConvolution shape;
  std::vector<float> src, kernel, diff;
  std::vector<std::uint8_t> winner;  // of_pool only
  PooledGradient pooled;
  std::vector<double> diff_src, diff_kernel, diff_bias;

  // alive   share of the windows that have a winner, or of pixels that are not
  // 0
  Case(Zeros z, int height, int width, int channels, int filters, bool same,
       double alive)
      : zeros(z) {
    const int pad = same ? 1 : 0;
    const int step = z == Zeros::of_pool ? 2 : 1;
    shape = {.height = height,
             .width = width,
             .channels = channels,
             .filters = filters,
             .pad_top = pad,
             .pad_left = pad,
             .rows = (height + 2 * pad - 2) / step * step,
             .columns = (width + 2 * pad - 2) / step * step};
    std::mt19937 rng(static_cast<unsigned>(height * 1000 + channels));
    std::normal_distribution<float> normal;
    std::uniform_real_distribution<double> share;
    src.resize(static_cast<std::size_t>(height * width * channels));
    for (float& v : src) v = std::max(0.0f, normal(rng));
    kernel.resize(static_cast<std::size_t>(9 * channels * filters));
    for (float& v : kernel) v = normal(rng);
    diff.resize(static_cast<std::size_t>(shape.rows / step *
                                         (shape.columns / step) * filters));
    for (float& v : diff) {
      v = normal(rng);
      const auto position = static_cast<std::uint8_t>(rng() % 4);
      const bool survives = share(rng) < alive;
      winner.push_back(survives ? position : kNoWinner);
      if (z == Zeros::of_relu && !survives) v = 0.0f;
    }
    pooled = {.diff = diff.data(), .winner = winner.data(), .scale = 1.25f};
    solve(pad);
  }

  void solve(int pad) {
    const reference::ConvolutionShape plain{.height = shape.height,
                                            .width = shape.width,
                                            .channels = shape.channels,
                                            .filters = shape.filters,
                                            .kernel = 3,
                                            .pad_begin = pad,
                                            .pad_end = pad};
    const std::vector<float> dense =
        zeros == Zeros::of_relu ? diff : unpooled(plain);
    diff_src = reference::convolution_diff_src(plain, dense, kernel);
    diff_kernel = reference::convolution_diff_kernel(plain, src, dense);
    diff_bias = reference::convolution_diff_bias(plain, dense);
  }

  [[nodiscard]] std::vector<float> unpooled(
      const reference::ConvolutionShape& plain) const {
    const int columns = plain.out(shape.width);
    std::vector<float> dense(static_cast<std::size_t>(plain.out(shape.height) *
                                                      columns * shape.filters));
    for (std::size_t i = 0; i < diff.size(); ++i) {
      if (winner[i] == kNoWinner) continue;
      const int window = static_cast<int>(i) / shape.filters;
      const int y = window / (shape.columns / 2) * 2 + winner[i] / 2;
      const int x = window % (shape.columns / 2) * 2 + winner[i] % 2;
      dense[static_cast<std::size_t>((y * columns + x) * shape.filters) +
            i % static_cast<std::size_t>(shape.filters)] =
          diff[i] * pooled.scale;
    }
    return dense;
  }
};

Case pool_case(int height, int width, int channels, int filters, bool same,
               double alive) {
  return {Zeros::of_pool, height, width, channels, filters, same, alive};
}

Case relu_case(int height, int width, int channels, int filters, bool same,
               double alive) {
  return {Zeros::of_relu, height, width, channels, filters, same, alive};
}

struct Result {
  std::vector<float> diff_src, masked_diff_src, diff_kernel, diff_bias;

  bool operator==(const Result&) const = default;
};

// Runs the kernels on buffers that are exactly as long as promised.
Result run(const Case& c) {
  const SparseConvolution& s = c.shape;
  std::vector<float> scratch(scratch_count(s) + 1, kNaN);
  scratch.back() = kGuard;
  std::vector<float> packed(block_weights_count(s), kNaN);
  pack_weights(s, c.kernel, packed.data());
  std::vector<float> gradient(packed.size() + 1, 0.0f);
  gradient.back() = kGuard;
  Result r{
      .diff_src = std::vector<float>(c.src.size() + 1, kNaN),
      .masked_diff_src = std::vector<float>(c.src.size(), kNaN),
      .diff_kernel = std::vector<float>(c.kernel.size()),
      .diff_bias = std::vector<float>(static_cast<std::size_t>(s.filters))};
  r.diff_src.back() = kGuard;
  const auto compute = [&](const auto& from) {
    add_weights_gradient(s, c.src.data(), from, gradient.data(),
                         scratch.data());
    add_bias_gradient(s, from, r.diff_bias.data());
    data_gradient(s, from, packed.data(), nullptr, r.diff_src.data(),
                  scratch.data());
    data_gradient(s, from, packed.data(), c.src.data(),
                  r.masked_diff_src.data(), scratch.data());
  };
  if (c.zeros == Zeros::of_pool) {
    compute(c.pooled);
  } else {
    compute(c.diff.data());
  }
  add_unpacked_weights(s, gradient.data(), r.diff_kernel);
  EXPECT_EQ(scratch.back(), kGuard);
  EXPECT_EQ(gradient.back(), kGuard);
  EXPECT_EQ(r.diff_src.back(), kGuard);
  r.diff_src.pop_back();
  return r;
}

void expect_close(const std::vector<float>& got,
                  const std::vector<double>& expected, const char* name) {
  ASSERT_EQ(got.size(), expected.size());
  double error = 0.0;
  double size = 0.0;
  for (std::size_t i = 0; i < got.size(); ++i) {
    error += std::pow(double{got[i]} - expected[i], 2);
    size += std::pow(expected[i], 2);
  }
  // False for NaN, too.
  EXPECT_TRUE(std::sqrt(error) <= 1e-6 * std::sqrt(size) + 1e-30) << name;
}

void check(const Case& c) {
  SCOPED_TRACE(cat(c.shape.height, "x", c.shape.width, " ", c.shape.channels,
                   " -> ", c.shape.filters, " pad ", c.shape.pad_top));
  std::vector<double> masked = c.diff_src;
  for (std::size_t i = 0; i < masked.size(); ++i) {
    if (!(c.src[i] > 0.0f)) masked[i] = 0.0;
  }
  std::vector<Result> results;
  for (const std::int64_t target : test::vector_targets()) {
    SCOPED_TRACE(hwy::TargetName(target));
    const test::OnlyTarget only(target);
    results.push_back(run(c));
    expect_close(results.back().diff_src, c.diff_src, "diff_src");
    expect_close(results.back().masked_diff_src, masked, "masked diff_src");
    expect_close(results.back().diff_kernel, c.diff_kernel, "diff_kernel");
    expect_close(results.back().diff_bias, c.diff_bias, "diff_bias");
  }
  for (const Result& r : results) {
    EXPECT_TRUE(r == results.front()) << "bits differ between processors";
  }
}

class SparseConvolutionTest : public testing::Test {
 protected:
  void SetUp() override {
    if (!has_vector_fma()) GTEST_SKIP() << "no AVX2 here";
  }
};

// Around blocks of 16 and 32 channels, groups of 32 and fours of filters.
TEST_F(SparseConvolutionTest, ChannelsEqualThePlainLoops) {
  for (const int channels : {1, 8, 15, 16, 17, 32, 33, 64, 70}) {
    for (const int filters : {1, 3, 8, 32, 34, 64}) {
      check(pool_case(7, 8, channels, filters, channels % 2 == 0, 0.6));
      check(relu_case(7, 8, channels, filters, channels % 2 == 1, 0.4));
    }
  }
}

// Sizes around tiles of 14 x 14 pixels, odd ones with a row and a column that
// no window covers, and the smallest there are.
TEST_F(SparseConvolutionTest, SizesEqualThePlainLoops) {
  for (const bool same : {false, true}) {
    for (const int height : {4, 5, 15, 16, 17, 18, 31}) {
      for (const int width : {4, 5, 16, 17, 33}) {
        check(pool_case(height, width, 9, 8, same, 0.6));
        check(relu_case(height, width, 9, 8, same, 0.4));
      }
    }
    check(pool_case(2, 3, 16, 8, true, 1.0));
    check(relu_case(3, 3, 16, 8, same, 1.0));
    check(relu_case(1, 2, 16, 8, true, 1.0));
  }
}

TEST_F(SparseConvolutionTest, LayersOfThePostEqualThePlainLoops) {
  check(pool_case(100, 100, 32, 32, false, 0.6));
  check(relu_case(49, 49, 32, 64, true, 0.5));
  check(pool_case(49, 49, 64, 64, false, 0.75));
}

TEST_F(SparseConvolutionTest, AllAndNoneAliveEqualThePlainLoops) {
  for (const double alive : {0.0, 1.0}) {
    check(pool_case(20, 19, 32, 33, false, alive));
    check(relu_case(20, 19, 32, 33, false, alive));
  }
}

// Gradients of several images are added up in the same place.
TEST_F(SparseConvolutionTest, WeightAndBiasGradientsAreAdded) {
  const Case c = pool_case(9, 9, 16, 8, false, 0.7);
  std::vector<float> scratch(scratch_count(c.shape));
  std::vector<float> once(block_weights_count(c.shape), 0.0f);
  add_weights_gradient(c.shape, c.src.data(), c.pooled, once.data(),
                       scratch.data());
  std::vector<float> more(once.size(), 100.0f);
  add_weights_gradient(c.shape, c.src.data(), c.pooled, more.data(),
                       scratch.data());
  std::vector<float> bias(8, 100.0f);
  add_bias_gradient(c.shape, c.pooled, bias.data());
  for (std::size_t i = 0; i < once.size(); ++i) {
    ASSERT_NEAR(more[i], 100.0f + once[i], 1e-4);
  }
  for (std::size_t o = 0; o < bias.size(); ++o) {
    EXPECT_NEAR(bias[o], 100.0 + c.diff_bias[o], 1e-4);
  }
}

// A gradient that is not a number must not pass for a zero.
TEST_F(SparseConvolutionTest, NotANumberIsNotSkipped) {
  for (const std::int64_t target : test::vector_targets()) {
    const test::OnlyTarget only(target);
    Case c = relu_case(9, 9, 16, 8, false, 0.5);
    c.diff[17] = kNaN;
    const Result r = run(c);
    const auto poisoned = [](const std::vector<float>& values) {
      return std::ranges::any_of(values, [](float v) { return std::isnan(v); });
    };
    EXPECT_TRUE(poisoned(r.diff_src));
    EXPECT_TRUE(poisoned(r.diff_kernel));
    EXPECT_TRUE(poisoned(r.diff_bias));
  }
}

TEST_F(SparseConvolutionTest, PackedWeightsComeBack) {
  for (const int channels : {3, 16, 40, 64}) {
    const Case c = pool_case(4, 4, channels, 5, false, 1.0);
    std::vector<float> packed(block_weights_count(c.shape), kNaN);
    pack_weights(c.shape, c.kernel, packed.data());
    std::vector<float> kernel(c.kernel.size());
    add_unpacked_weights(c.shape, packed.data(), kernel);
    EXPECT_EQ(kernel, c.kernel);
  }
}

// What is not on a list is never touched, whatever it is.
TEST_F(SparseConvolutionTest, GradientsWithoutAWinnerAreNotRead) {
  Case c = pool_case(9, 9, 16, 8, false, 0.5);
  for (std::size_t i = 0; i < c.diff.size(); ++i) {
    if (c.winner[i] == kNoWinner) c.diff[i] = kNaN;
  }
  check(c);
}

TEST(NonzeroShare, CountsWhatIsNotZero) {
  std::vector<std::int64_t> targets = test::vector_targets();
  targets.push_back(HWY_SCALAR);
  for (const std::int64_t target : targets) {
    const test::OnlyTarget only(target);
    for (const std::size_t size : {1u, 7u, 16u, 50u}) {
      std::vector<float> values(size, 0.0f);
      EXPECT_EQ(nonzero_share(values), 0.0);
      values.front() = -1.0f;
      values.back() = kNaN;
      EXPECT_EQ(nonzero_share(values),
                (size == 1 ? 1.0 : 2.0) / static_cast<double>(size));
    }
  }
}

TEST(VectorFma, IsMissingWithoutItsProcessors) {
  const test::OnlyTarget only(HWY_SCALAR);
  EXPECT_FALSE(has_vector_fma());
}

}  // namespace
}  // namespace polytask::kernels
