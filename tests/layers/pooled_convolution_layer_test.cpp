#include "polytask/layers/pooled_convolution_layer.h"

#include <gtest/gtest.h>

#include "polytask/base/text.h"
#include "polytask/layers/convolution_layer.h"
#include "polytask/layers/max_pooling_layer.h"
#include "tests/support/check_layer.h"
#include "tests/support/expect_error.h"
#include "tests/support/vector_targets.h"

namespace polytask {
namespace {

PooledConvolutionLayerOptions options(int filters, bool same = false) {
  return {.name = "conv2d_2",
          .pool_name = "max_pooling2d_1",
          .filters = filters,
          .same_padding = same};
}

DropoutLayerOptions quarter() {
  return {.name = "dropout_1", .rate = 0.25, .address = 3};
}

class PooledConvolutionLayerTest : public testing::Test {
 protected:
  void SetUp() override {
    if (!kernels::has_vector_fma()) GTEST_SKIP() << "no AVX2 here";
  }
};

TEST_F(PooledConvolutionLayerTest, PassesTheLayerCheckOnEveryProcessor) {
  for (const std::int64_t target : test::vector_targets()) {
    SCOPED_TRACE(hwy::TargetName(target));
    const test::OnlyTarget only(target);
    for (const bool same : {false, true}) {
      for (const Shape& src : {Shape{6, 7, 8}, {5, 8, 17}}) {
        for (const int filters : {1, 3, 8}) {
          test::check_layer(
              PooledConvolutionLayer(options(filters, same), src));
        }
      }
    }
  }
}

TEST_F(PooledConvolutionLayerTest, PassesTheLayerCheckWithReluAndDropout) {
  PooledConvolutionLayerOptions o = options(8);
  o.relu = true;
  test::check_layer(PooledConvolutionLayer(o, {7, 6, 8}));
  o.dropout = quarter();
  test::check_layer(PooledConvolutionLayer(o, {7, 6, 8}));
  o.with_diff_src = false;
  test::check_layer(PooledConvolutionLayer(o, {7, 6, 8}),
                    {.needs_diff_src = false});
}

// Forward is the separate layers' to the bit, in training and outside.
TEST_F(PooledConvolutionLayerTest, PassesTheLayerCheckOfAPart) {
  PooledConvolutionLayerOptions o = options(8, true);
  o.whole_src = {7, 9};
  o.read = {2, 3};
  const PooledConvolutionLayer layer(o, {5, 7, 8});
  EXPECT_EQ(layer.spec().dst, (Shape{2, 3, 8}));
  test::check_layer(layer);
}

TEST_F(PooledConvolutionLayerTest, BandsPassTheLayerCheck) {
  PooledConvolutionLayerOptions o = options(16, true);
  o.relu = true;
  o.dropout = quarter();
  o.bands = 3;
  const PooledConvolutionLayer layer(o, {18, 6, 9});
  EXPECT_EQ(layer.bands(), 3);
  test::check_layer(layer);
}

// One thread goes from band to band.
TEST_F(PooledConvolutionLayerTest, ALargeResultIsCutByItself) {
  const Shape src{100, 100, 32};
  EXPECT_EQ(PooledConvolutionLayer(options(32), src).bands(), 5);
  EXPECT_EQ(PooledConvolutionLayer(options(32), {12, 12, 32}).bands(), 1);
}

TEST_F(PooledConvolutionLayerTest, BandsGiveTheBitsOfTheWhole) {
  for (const bool same : {false, true}) {
    const Shape src{51, 20, 9};
    PooledConvolutionLayerOptions o = options(17, same);
    o.with_backward = false;
    const PooledConvolutionLayer whole(o, src);
    o.bands = 4;
    const PooledConvolutionLayer banded(o, src);
    EXPECT_EQ(banded.bands(), 4);
    std::vector<float> in(element_count(src));
    for (std::size_t i = 0; i < in.size(); ++i) {
      in[i] = static_cast<float>(i * 7919 % 101) / 50.0f - 1.0f;
    }
    const auto run = [&](const PooledConvolutionLayer& layer) {
      const ImageLayerSpec& spec = layer.spec();
      const std::vector<float> kernel(9 * 9 * 17, 0.3f);
      const std::vector<float> bias(17, 0.1f);
      std::vector<float> prepared(spec.prepared_count);
      std::vector<float> scratch(spec.scratch_count);
      std::vector<float> out(element_count(spec.dst), 99.0f);
      layer.prepare(std::vector<std::span<const float>>{kernel, bias},
                    prepared.data());
      layer.forward({.src = in.data(),
                     .prepared = prepared.data(),
                     .dst = out.data(),
                     .scratch = scratch.data()});
      return out;
    };
    EXPECT_EQ(run(banded), run(whole));
  }
}

TEST_F(PooledConvolutionLayerTest, ForwardEqualsTheSeparateLayers) {
  const Shape src_shape{11, 10, 24};
  PooledConvolutionLayerOptions o = options(40);
  o.relu = true;
  o.dropout = quarter();
  const PooledConvolutionLayer layer(o, src_shape);
  const ConvolutionLayer convolution(
      {.name = "conv", .filters = 40, .kernel_size = 3, .relu = true},
      src_shape);
  const MaxPoolingLayer pool({.name = "pool"}, convolution.spec().dst);
  const DropoutLayer dropout(quarter(), pool.spec().dst);
  std::vector<float> src(element_count(src_shape));
  for (std::size_t i = 0; i < src.size(); ++i) {
    src[i] = static_cast<float>(i * 7919 % 101) / 50.0f - 1.0f;
  }
  std::vector<float> kernel(9 * 24 * 40);
  for (std::size_t i = 0; i < kernel.size(); ++i) {
    kernel[i] = static_cast<float>(i * 104729 % 97) / 48.0f - 1.0f;
  }
  const std::vector<float> bias(40, 0.1f);
  const std::vector<std::span<const float>> parameters{kernel, bias};
  const ImageKey key{.seed = 1, .epoch = 2, .sample = 3};
  for (const bool training : {false, true}) {
    const auto run = [&](const ImageLayer& one, const std::vector<float>& in) {
      const ImageLayerSpec& spec = one.spec();
      std::vector<float> prepared(spec.prepared_count);
      std::vector<float> scratch(spec.scratch_count);
      std::vector<float> out(element_count(spec.dst));
      std::vector<std::uint8_t> state(spec.state_bytes);
      one.prepare(parameters, prepared.data());
      one.forward({.src = in.data(),
                   .prepared = prepared.data(),
                   .dst = out.data(),
                   .state = training ? state.data() : nullptr,
                   .scratch = scratch.data(),
                   .key = key});
      return out;
    };
    const std::vector<float> pooled = run(pool, run(convolution, src));
    EXPECT_EQ(run(layer, src), training ? run(dropout, pooled) : pooled);
  }
}

TEST_F(PooledConvolutionLayerTest, SaysWhoComputesIt) {
  PooledConvolutionLayerOptions o = options(8);
  o.dropout = quarter();
  const PooledConvolutionLayer layer(o, {6, 6, 8});
  EXPECT_EQ(layer.spec().name, "conv2d_2 + max_pooling2d_1 + dropout_1");
  EXPECT_NE(layer.spec().implementation.find("backward own"),
            std::string::npos);
  EXPECT_EQ(layer.spec().parameters,
            (std::vector<ParameterSpec>{{"conv2d_2/kernel", {3, 3, 8, 8}},
                                        {"conv2d_2/bias", {8}}}));
}

TEST_F(PooledConvolutionLayerTest, PaysWhereItsKernelsFit) {
  EXPECT_TRUE(PooledConvolutionLayer::pays(32, 3, 1, 2));
  EXPECT_FALSE(PooledConvolutionLayer::pays(3, 3, 1, 2)) << "colours";
  EXPECT_FALSE(PooledConvolutionLayer::pays(32, 5, 1, 2));
  EXPECT_FALSE(PooledConvolutionLayer::pays(32, 3, 2, 2));
  EXPECT_FALSE(PooledConvolutionLayer::pays(32, 3, 1, 3));
  const test::OnlyTarget only(HWY_SCALAR);
  EXPECT_FALSE(PooledConvolutionLayer::pays(32, 3, 1, 2)) << "no AVX2";
}

TEST_F(PooledConvolutionLayerTest, SaysWhatIsInTheWay) {
  const auto obstacle = PooledConvolutionLayer::obstacle;
  EXPECT_EQ(obstacle(32, 3, 1, 2), "");
  EXPECT_EQ(obstacle(3, 3, 1, 2), "3 channels only");
  EXPECT_EQ(obstacle(1, 3, 1, 2), "1 channel only");
  EXPECT_EQ(obstacle(32, 5, 1, 2), "kernel 5 x 5");
  EXPECT_EQ(obstacle(32, 3, 2, 2), "stride 2");
  EXPECT_EQ(obstacle(32, 3, 1, 3), "pool 3 x 3");
  const test::OnlyTarget only(HWY_SCALAR);
  EXPECT_EQ(obstacle(32, 3, 1, 2), "no AVX2");
}

TEST_F(PooledConvolutionLayerTest,
       SurvivorsAreTheWindowsThatPassSomethingBack) {
  const PooledConvolutionLayer layer(options(8), {7, 6, 8});
  ASSERT_EQ(layer.spec().dst, (Shape{2, 2, 8}));
  std::vector<std::uint8_t> state(layer.spec().state_bytes, 1);
  state[3] = state[30] = kernels::kNoWinner;
  const auto found = layer.survivors(state.data());
  ASSERT_TRUE(found.has_value());
  EXPECT_EQ(found->alive, 30u);
  EXPECT_EQ(found->windows, 32u);
  EXPECT_EQ(found->elements, 5u * 4u * 8u);
  EXPECT_TRUE(layer.spec().backward_skips_zeros);
}

// The same words as from the layers it stands for.
TEST_F(PooledConvolutionLayerTest, ImpossibleOnesNameTheLayer) {
  const auto refuse = [](Fault fault, const char* text, int filters,
                         double rate, const Shape& src) {
    PooledConvolutionLayerOptions o = options(filters);
    o.dropout = {.name = "dropout_1", .rate = rate};
    test::expect_error(fault, text,
                       [&] { const PooledConvolutionLayer layer(o, src); });
  };
  refuse(Fault::config, "conv2d_2: filters: expected 1 to 4096, got 0", 0, 0.5,
         {6, 6, 8});
  refuse(Fault::config, "dropout_1: rate: expected 0 <= rate < 1, got 1", 8,
         1.0, {6, 6, 8});
  refuse(Fault::shape,
         "max_pooling2d_1: a window of 2 x 2 does not fit into its input "
         "[1, 4, 8]; pool less, or use larger images",
         8, 0.5, {3, 6, 8});
}

}  // namespace
}  // namespace polytask
