#include "polytask/layers/dense_layer.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <random>

#include "polytask/base/text.h"
#include "tests/reference/matmul.h"
#include "tests/support/expect_error.h"

namespace polytask {
namespace {

constexpr float kNaN = std::numeric_limits<float>::quiet_NaN();

std::vector<float> random_floats(std::size_t count, unsigned seed) {
  std::mt19937 rng(seed);
  std::uniform_real_distribution<float> uniform(-1.0f, 1.0f);
  std::vector<float> values(count);
  for (float& v : values) v = uniform(rng);
  return values;
}

// A dense layer with random numbers everywhere; results start as NaN.
struct Bench {
  DenseLayer layer;
  std::size_t batch, features, units;
  std::vector<float> src, kernel, bias, diff_dst;
  std::vector<float> dst, diff_src, diff_kernel, diff_bias;

  Bench(const DenseLayerOptions& o, int f)
      : layer(o, {f}),
        batch(static_cast<std::size_t>(o.batch)),
        features(static_cast<std::size_t>(f)),
        units(static_cast<std::size_t>(o.units)),
        src(random_floats(batch * features, 1)),
        kernel(random_floats(features * units, 2)),
        bias(random_floats(units, 3)),
        diff_dst(random_floats(batch * units, 4)),
        dst(batch * units, kNaN),
        diff_src(batch * features, kNaN),
        diff_kernel(features * units, kNaN),
        diff_bias(units, kNaN) {}

  // Parts in descending order: their order must not matter.
  void forward(int split_rows) {
    std::vector<float> partial(layer.partial_count(), kNaN);
    std::vector<float> scratch(layer.scratch_count(), kNaN);
    for (int part = layer.parts(); part-- > 0;) {
      layer.forward_part(part, src.data(), kernel, partial.data(),
                         scratch.data());
    }
    const int rows = static_cast<int>(batch);
    layer.forward_finish(split_rows, rows, partial.data(), bias, dst.data());
    layer.forward_finish(0, split_rows, partial.data(), bias, dst.data());
  }

  void backward(bool with_diff_src) {
    std::vector<float> scratch(layer.scratch_count(), kNaN);
    for (int part = layer.parts(); with_diff_src && part-- > 0;) {
      layer.backward_data_part(part, diff_dst.data(), kernel, diff_src.data(),
                               scratch.data());
    }
    std::vector<float> rows(layer.gradient_block_count(), kNaN);
    for (int block = layer.gradient_blocks(); block-- > 0;) {
      const DenseLayer::Rows at = layer.kernel_gradient_block(
          block, src.data(), diff_dst.data(), rows.data(), scratch.data());
      std::copy_n(rows.begin(), static_cast<std::size_t>(at.count) * units,
                  diff_kernel.begin() + at.first * static_cast<int>(units));
    }
    layer.bias_gradient(diff_dst.data(), diff_bias);
  }

  // dst as it should be, from the plain loop.
  [[nodiscard]] std::vector<double> expected_dst() const {
    const int b = static_cast<int>(batch);
    const int f = static_cast<int>(features);
    const int u = static_cast<int>(units);
    std::vector<double> sums =
        reference::matmul(b, f, u, src, {.row = f}, kernel, {.row = u});
    for (std::size_t i = 0; i < sums.size(); ++i) {
      sums[i] += bias[i % units];
      if (layer.relu()) sums[i] = std::max(sums[i], 0.0);
    }
    return sums;
  }
};

// Sums of F products of numbers below 1, rounded to float along the way.
void expect_near(const std::vector<float>& got,
                 const std::vector<double>& expected, std::size_t summed) {
  ASSERT_EQ(got.size(), expected.size());
  const double tolerance = 1e-6 * std::sqrt(static_cast<double>(summed)) + 1e-6;
  for (std::size_t i = 0; i < got.size(); ++i) {
    ASSERT_NEAR(got[i], expected[i], tolerance) << "element " << i;
  }
}

void check(int features, int units, int batch, bool relu) {
  SCOPED_TRACE(cat("dense ", features, "->", units, " batch ", batch,
                   relu ? " relu" : ""));
  Bench bench({.name = "dense_1", .units = units, .relu = relu, .batch = batch},
              features);
  bench.forward(batch / 2);
  expect_near(bench.dst, bench.expected_dst(), bench.features);

  bench.backward(true);
  expect_near(
      bench.diff_src,
      reference::matmul(batch, units, features, bench.diff_dst, {.row = units},
                        bench.kernel, {.row = 1, .column = units}),
      bench.units);
  expect_near(bench.diff_kernel,
              reference::matmul(features, batch, units, bench.src,
                                {.row = 1, .column = features}, bench.diff_dst,
                                {.row = units}),
              bench.batch);
  const std::vector<float> ones(bench.batch, 1.0f);
  expect_near(bench.diff_bias,
              reference::matmul(1, batch, units, ones, {.row = batch},
                                bench.diff_dst, {.row = units}),
              bench.batch);
}

TEST(DenseLayer, EqualsThePlainLoopInOnePart) {
  for (const int features : {1, 5, 16, 72, 2047}) {
    for (const int units : {1, 5, 33}) {
      for (const int batch : {1, 3, 8}) check(features, units, batch, true);
    }
  }
}

TEST(DenseLayer, EqualsThePlainLoopInEightParts) {
  for (const int features : {2048, 2049, 2500}) {
    for (const int units : {1, 5, 33}) check(features, units, 3, false);
  }
}

TEST(DenseLayer, PartsDependOnTheFeaturesAlone) {
  const auto parts = [](int features) {
    return DenseLayer({.name = "dense_1", .units = 2}, {features}).parts();
  };
  EXPECT_EQ(parts(2047), 1);
  EXPECT_EQ(parts(2048), 8);
  EXPECT_EQ(parts(33856), 8);
}

// Rows behind the images: finite in src, zero in diff_dst.
TEST(DenseLayer, RowsBehindTheBatchAddNothingToTheGradients) {
  Bench full({.name = "dense_1", .units = 5, .batch = 4}, 2048);
  Bench exact({.name = "dense_1", .units = 5, .batch = 3}, 2048);
  std::copy(exact.diff_dst.begin(), exact.diff_dst.end(),
            full.diff_dst.begin());
  std::fill(full.diff_dst.end() - 5, full.diff_dst.end(), 0.0f);
  full.backward(true);
  exact.backward(true);
  const std::vector<double> kernel(exact.diff_kernel.begin(),
                                   exact.diff_kernel.end());
  expect_near(full.diff_kernel, kernel, 1);
  EXPECT_EQ(full.diff_bias, exact.diff_bias);
}

TEST(DenseLayer, RepeatsWithTheSameBits) {
  Bench bench({.name = "dense_1", .units = 5, .relu = true, .batch = 6}, 2100);
  bench.forward(1);
  const std::vector<float> dst = bench.dst;
  bench.forward(5);
  EXPECT_EQ(bench.dst, dst);
}

TEST(DenseLayer, ParametersAreNamedAndShapedAsInKeras) {
  EXPECT_EQ(DenseLayer({.name = "dense_1", .units = 512}, {33856}).parameters(),
            (std::vector<ParameterSpec>{{"dense_1/kernel", {33856, 512}},
                                        {"dense_1/bias", {512}}}));
}

TEST(DenseLayer, NoUnitsAreRefused) {
  test::expect_error(
      Fault::config, "dense_1: units: expected 1 to 65536, got 0",
      [] { const DenseLayer layer({.name = "dense_1", .units = 0}, {8}); });
}

TEST(DenseLayer, ImageInputSaysWhatToDo) {
  test::expect_error(
      Fault::shape,
      "dense_1: expected a vector of features, got [23, 23, 64]; put a "
      "flatten layer before it",
      [] {
        const DenseLayer layer({.name = "dense_1", .units = 8}, {23, 23, 64});
      });
}

}  // namespace
}  // namespace polytask
