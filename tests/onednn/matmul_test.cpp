#include "polytask/onednn/matmul.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <random>
#include <thread>

#include "polytask/base/text.h"
#include "tests/reference/matmul.h"

namespace polytask::onednn {
namespace {

constexpr float kNaN = std::numeric_limits<float>::quiet_NaN();

std::vector<float> random_floats(int count, unsigned seed) {
  std::mt19937 rng(seed);
  std::uniform_real_distribution<float> uniform(-1.0f, 1.0f);
  std::vector<float> values(static_cast<std::size_t>(count));
  for (float& v : values) v = uniform(rng);
  return values;
}

// A matrix of rows x columns that lies transposed, or in a wider one.
MatrixStrides strides(int rows, int columns, bool transposed, int gap) {
  if (transposed) return {.row = 1, .column = rows + gap};
  return {.row = columns + gap, .column = 1};
}

int extent(int rows, int columns, const MatrixStrides& s) {
  return (rows - 1) * s.row + (columns - 1) * s.column + 1;
}

void check(int m, int k, int n, bool a_transposed, bool b_transposed, int gap) {
  SCOPED_TRACE(cat(m, "x", k, "x", n, a_transposed ? " a^T" : "",
                   b_transposed ? " b^T" : "", " gap ", gap));
  const MatrixStrides sa = strides(m, k, a_transposed, gap);
  const MatrixStrides sb = strides(k, n, b_transposed, gap);
  const MatrixStrides sc = strides(m, n, false, gap);
  const std::vector<float> a = random_floats(extent(m, k, sa), 1);
  const std::vector<float> b = random_floats(extent(k, n, sb), 2);
  const Matmul matmul("product",
                      {.m = m, .k = k, .n = n, .a = sa, .b = sb, .c = sc});
  std::vector<float> c(static_cast<std::size_t>(m * sc.row), kNaN);
  std::vector<float> scratch(matmul.scratch_count() + 1, kNaN);
  matmul.execute(a.data(), b.data(), c.data(), scratch.data());

  const std::vector<double> expected = reference::matmul(
      m, k, n, a, {sa.row, sa.column}, b, {sb.row, sb.column});
  const double tolerance = 1e-6 * std::sqrt(k) + 1e-6;
  for (int i = 0; i < m; ++i) {
    for (int j = 0; j < n; ++j) {
      ASSERT_NEAR(c[i * sc.row + j], expected[i * n + j], tolerance);
    }
    for (int j = n; j < sc.row; ++j) {
      ASSERT_TRUE(std::isnan(c[i * sc.row + j])) << "wrote between the rows";
    }
  }
}

TEST(Matmul, SmallShapesEqualThePlainLoop) {
  for (const int m : {1, 2, 7, 16}) {
    for (const int k : {1, 3, 17}) {
      for (const int n : {1, 5, 16, 33}) {
        check(m, k, n, false, false, 0);
        check(m, k, n, false, true, 0);
        check(m, k, n, true, false, 0);
      }
    }
  }
}

TEST(Matmul, BlocksOfLargerMatricesEqualThePlainLoop) {
  for (const int gap : {1, 16, 100}) {
    check(8, 64, 5, false, false, gap);
    check(8, 5, 64, false, true, gap);
    check(64, 8, 5, true, false, gap);
  }
}

TEST(Matmul, RepeatsWithTheSameBits) {
  const Matmul matmul("product", {.m = 8,
                                  .k = 300,
                                  .n = 33,
                                  .a = {.row = 300},
                                  .b = {.row = 33},
                                  .c = {.row = 33}});
  const std::vector<float> a = random_floats(8 * 300, 1);
  const std::vector<float> b = random_floats(300 * 33, 2);
  std::vector<float> scratch(matmul.scratch_count() + 1);
  std::vector<float> once(8 * 33);
  std::vector<float> again(8 * 33);
  matmul.execute(a.data(), b.data(), once.data(), scratch.data());
  matmul.execute(a.data(), b.data(), again.data(), scratch.data());
  EXPECT_EQ(once, again);
}

// More threads than any machine here has processors, each on memory of its own.
TEST(Matmul, AnyNumberOfThreadsMayRunItAtOnce) {
  constexpr int kThreads = 40;
  constexpr int kRepeats = 200;
  const Matmul matmul("product", {.m = 1,
                                  .k = 2,
                                  .n = 1,
                                  .a = {.row = 2},
                                  .b = {.row = 1},
                                  .c = {.row = 1}});
  std::vector<int> wrong(kThreads);
  std::vector<std::thread> threads;
  for (int t = 0; t < kThreads; ++t) {
    threads.emplace_back([&, t] {
      const float a[] = {static_cast<float>(t), 1.0f};
      std::vector<float> scratch(matmul.scratch_count() + 1);
      for (int i = 0; i < kRepeats; ++i) {
        const float b[] = {2.0f, static_cast<float>(i)};
        float c = kNaN;
        matmul.execute(a, b, &c, scratch.data());
        wrong[static_cast<std::size_t>(t)] +=
            c != static_cast<float>(2 * t + i);
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(wrong, std::vector<int>(kThreads));
}

}  // namespace
}  // namespace polytask::onednn
