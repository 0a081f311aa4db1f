#include "polytask/layers/convolution_layer.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <limits>

#include "polytask/base/text.h"
#include "polytask/kernels/sparse_convolution.h"
#include "tests/support/check_layer.h"
#include "tests/support/expect_error.h"
#include "tests/support/vector_targets.h"

namespace polytask {
namespace {

struct Case {
  bool same = false;
  int stride = 1;
  int kernel = 3;
  int channels = 3;
  int filters = 5;
  bool relu = false;

  [[nodiscard]] ConvolutionLayerOptions options() const {
    return {.name = cat("conv k", kernel, " s", stride, same ? " same " : " ",
                        channels, "->", filters, relu ? " relu" : ""),
            .filters = filters,
            .kernel_size = kernel,
            .stride = stride,
            .same_padding = same,
            .relu = relu};
  }
};

void check(const Case& c, const Shape& size) {
  const Shape src{size[0], size[1], c.channels};
  test::check_layer(ConvolutionLayer(c.options(), src));
}

// Every padding, stride and kernel, each with its share of odd channel counts.
TEST(ConvolutionLayer, GeometriesPassTheLayerCheck) {
  for (const bool same : {false, true}) {
    for (const int stride : {1, 2}) {
      for (const int kernel : {1, 3, 5}) {
        for (const bool relu : {false, true}) {
          check({same, stride, kernel, 3, 5, relu}, {6, 7});
        }
      }
    }
  }
}

// Around the vector widths 8 and 16, where implementations change.
TEST(ConvolutionLayer, ChannelCountsPassTheLayerCheck) {
  for (const int channels : {1, 3, 5, 16, 17}) {
    for (const int filters : {1, 5, 16, 33}) {
      check({true, 1, 3, channels, filters, filters % 2 == 1}, {5, 4});
    }
  }
}

// Bands of a training: forward is cut, backward reads the same weights.
TEST(ConvolutionLayer, BandsPassTheLayerCheck) {
  for (const bool same : {false, true}) {
    for (const int stride : {1, 2}) {
      for (const int kernel : {1, 3}) {
        ConvolutionLayerOptions options =
            Case{same, stride, kernel, 9, 17, true}.options();
        options.bands = 3;
        const ConvolutionLayer layer(options, {19, 5, 9});
        EXPECT_EQ(layer.bands(), 3);
        test::check_layer(layer);
      }
    }
  }
}

// Lists where relu leaves about half; oneDNN where all are alive, because there
// is no relu; on every processor.
TEST(ConvolutionLayer, SkippingZerosPassesTheLayerCheck) {
  for (const std::int64_t target : test::vector_targets()) {
    const test::OnlyTarget only(target);
    ASSERT_TRUE(ConvolutionLayer::can_skip_zeros(8, 3, 1));
    for (const bool same : {false, true}) {
      for (const bool relu : {false, true}) {
        for (const int channels : {8, 17, 33}) {
          Case c{same, 1, 3, channels, 5, relu};
          ConvolutionLayerOptions options = c.options();
          options.skip_zeros = true;
          test::check_layer(ConvolutionLayer(options, {6, 7, channels}));
        }
      }
    }
  }
}

TEST(ConvolutionLayer, SkippingZerosAddsUpWithOneDnn) {
  if (!kernels::has_vector_fma()) GTEST_SKIP() << "no AVX2 here";
  const Shape src_shape{6, 6, 8};
  ConvolutionLayerOptions options{
      .name = "conv", .filters = 4, .kernel_size = 3, .skip_zeros = true};
  const ConvolutionLayer layer(options, src_shape);
  const ImageLayerSpec& spec = layer.spec();
  const std::vector<float> src(element_count(src_shape), 1.0f);
  std::vector<float> kernel(9 * 8 * 4, 0.5f);
  std::vector<float> bias(4);
  std::vector<float> prepared(spec.prepared_count);
  std::vector<float> scratch(spec.scratch_count);
  std::vector<float> diff_src(src.size());
  std::vector<float> gradient(spec.gradient_count);
  layer.prepare(std::vector<std::span<const float>>{kernel, bias},
                prepared.data());
  std::vector<float> dense(element_count(spec.dst), 1.0f);
  std::vector<float> sparse(dense.size(), 0.0f);
  std::ranges::fill(std::span(sparse).first(4), 10.0f);  // one pixel
  for (std::vector<float>* diff : {&dense, &sparse}) {
    layer.backward({.src = src.data(),
                    .prepared = prepared.data(),
                    .diff_dst = diff->data(),
                    .diff_src = diff_src.data(),
                    .gradient = gradient.data(),
                    .scratch = scratch.data()});
  }
  layer.unpack_gradient(gradient.data(),
                        std::vector<std::span<float>>{kernel, bias});
  for (const float v : kernel) EXPECT_EQ(v, 16.0f + 10.0f);
  for (const float v : bias) EXPECT_EQ(v, 16.0f + 10.0f);
}

TEST(ConvolutionLayer, FirstLayerNeedsNoGradientOfItsImage) {
  ConvolutionLayerOptions options = Case{.relu = true}.options();
  options.with_diff_src = false;
  test::check_layer(ConvolutionLayer(options, {6, 6, 3}),
                    {.needs_diff_src = false});
}

TEST(ConvolutionLayer, ReluBeforeAPoolIsLeftToThePool) {
  ConvolutionLayerOptions options = Case{.relu = true}.options();
  EXPECT_TRUE(ConvolutionLayer(options, {6, 6, 3}).spec().backward_reads_dst);
  options.relu_masked_by_next = true;
  EXPECT_FALSE(ConvolutionLayer(options, {6, 6, 3}).spec().backward_reads_dst);
}

TEST(ConvolutionLayer, SamePaddingKeepsTheSizeAndStridesDivideItRoundedUp) {
  const auto dst = [](bool same, int stride, const Shape& src) {
    return ConvolutionLayer(Case{same, stride}.options(), src).spec().dst;
  };
  EXPECT_EQ(dst(true, 1, {7, 6, 3}), (Shape{7, 6, 5}));
  EXPECT_EQ(dst(true, 2, {7, 6, 3}), (Shape{4, 3, 5}));
  EXPECT_EQ(dst(false, 1, {7, 6, 3}), (Shape{5, 4, 5}));
  EXPECT_EQ(dst(false, 2, {7, 6, 3}), (Shape{3, 2, 5}));
}

TEST(ConvolutionLayer, StrideBeyondTheImageLeavesOnePosition) {
  ConvolutionLayerOptions options = Case{.same = true}.options();
  options.stride = 32;
  EXPECT_EQ(ConvolutionLayer(options, {7, 6, 3}).spec().dst, (Shape{1, 1, 5}));
}

// A kernel that picks its middle element shows where the padding lies: with
// four columns, stride 2 and "same", Keras pads one column on the right only,
// so the windows begin at columns 0 and 2.
TEST(ConvolutionLayer, OddPaddingGoesBehindAsInKeras) {
  const ConvolutionLayer layer({.name = "conv2d_1",
                                .filters = 1,
                                .kernel_size = 3,
                                .stride = 2,
                                .same_padding = true},
                               {4, 4, 1});
  const std::vector<float> src{0, 1, 2,  3,  4,  5,  6,  7,
                               8, 9, 10, 11, 12, 13, 14, 15};
  const std::vector<float> kernel{0, 0, 0, 0, 1, 0, 0, 0, 0};
  const std::vector<float> bias{100};
  std::vector<float> prepared(layer.spec().prepared_count);
  std::vector<float> scratch(layer.spec().scratch_count);
  std::vector<float> dst(4);
  layer.prepare(std::vector<std::span<const float>>{kernel, bias},
                prepared.data());
  layer.forward({.src = src.data(),
                 .prepared = prepared.data(),
                 .dst = dst.data(),
                 .scratch = scratch.data()});
  EXPECT_EQ(dst, (std::vector<float>{105, 107, 113, 115}));
}

// What forward writes for a src that counts up, as kernel and bias do.
std::vector<float> forward_of(const ConvolutionLayer& layer) {
  const ImageLayerSpec& spec = layer.spec();
  const auto numbers = [](std::size_t count) {
    std::vector<float> values(count);
    for (std::size_t i = 0; i < count; ++i) {
      values[i] = static_cast<float>(i * 7919 % 101) / 50.0f - 1.0f;
    }
    return values;
  };
  const std::vector<float> src = numbers(element_count(spec.src));
  const std::vector<float> kernel =
      numbers(element_count(spec.parameters[0].shape));
  const std::vector<float> bias =
      numbers(element_count(spec.parameters[1].shape));
  std::vector<float> prepared(spec.prepared_count);
  std::vector<float> scratch(spec.scratch_count);
  std::vector<float> dst(element_count(spec.dst),
                         std::numeric_limits<float>::quiet_NaN());
  layer.prepare(std::vector<std::span<const float>>{kernel, bias},
                prepared.data());
  layer.forward({.src = src.data(),
                 .prepared = prepared.data(),
                 .dst = dst.data(),
                 .scratch = scratch.data()});
  return dst;
}

TEST(ConvolutionLayer, BandsGiveTheBitsOfTheWhole) {
  for (const bool same : {false, true}) {
    for (const int stride : {1, 2, 3}) {
      for (const int kernel : {1, 3, 5}) {
        ConvolutionLayerOptions options =
            Case{same, stride, kernel, 4, 17, true}.options();
        SCOPED_TRACE(options.name);
        options.with_backward = false;
        const Shape src{61, 20, 4};
        const ConvolutionLayer whole(options, src);
        options.bands = 4;
        const ConvolutionLayer banded(options, src);
        EXPECT_EQ(banded.bands(), 4);
        EXPECT_EQ(forward_of(banded), forward_of(whole));
      }
    }
  }
}

// Padding and borders stay those of the whole image.
TEST(ConvolutionLayer, TheReadPartHasTheValuesOfTheWhole) {
  for (const bool same : {false, true}) {
    ConvolutionLayerOptions options = Case{same, 1, 3, 1, 2}.options();
    SCOPED_TRACE(options.name);
    const ConvolutionLayer whole(options, {9, 8, 1});
    const Shape all = whole.spec().dst;
    options.whole_src = {9, 8};
    options.read = {all[0] - 2, all[1]};
    const int rows = same ? 8 : 7;
    const ConvolutionLayer part(options, {rows, 8, 1});
    ASSERT_EQ(part.spec().dst, (Shape{all[0] - 2, all[1], 2}));
    test::check_layer(part);
    std::vector<float> expected = forward_of(whole);
    expected.resize(element_count(part.spec().dst));
    EXPECT_EQ(forward_of(part), expected);
  }
}

TEST(ConvolutionLayer, PaddingOfAPartIsThatOfTheWhole) {
  ConvolutionLayerOptions options = Case{.same = true, .stride = 2}.options();
  options.whole_src = {8, 8};  // pads behind only
  options.read = {3, 3};
  const onednn::ConvolutionOptions c =
      ConvolutionLayer::geometry(options, {7, 7, 3});
  EXPECT_EQ(c.pad_top, 0);
  EXPECT_EQ(c.pad_bottom, 0);
  EXPECT_EQ(onednn::result_rows(c), 3);
}

TEST(ConvolutionLayer, CountsItsWork) {
  const ConvolutionLayer layer(Case{.same = true}.options(), {4, 4, 3});
  EXPECT_EQ(layer.spec().forward_flops, 2.0 * 16 * 5 * 9 * 3);
}

TEST(ConvolutionLayer, ParametersAreNamedAndShapedAsInKeras) {
  ConvolutionLayerOptions options = Case{}.options();
  options.name = "conv2d_1";
  EXPECT_EQ(ConvolutionLayer(options, {6, 6, 3}).spec().parameters,
            (std::vector<ParameterSpec>{{"conv2d_1/kernel", {3, 3, 3, 5}},
                                        {"conv2d_1/bias", {5}}}));
}

ConvolutionLayerOptions three_by_three() {
  return {.name = "conv2d_1", .filters = 8, .kernel_size = 3};
}

TEST(ConvolutionLayer, SizesBelowOneNameTheirKey) {
  const auto refuse = [](int ConvolutionLayerOptions::*key, const char* text) {
    ConvolutionLayerOptions options = three_by_three();
    options.*key = 0;
    test::expect_error(Fault::config, text, [&] {
      const ConvolutionLayer layer(options, {6, 6, 3});
    });
  };
  refuse(&ConvolutionLayerOptions::filters,
         "conv2d_1: filters: expected 1 to 4096, got 0");
  refuse(&ConvolutionLayerOptions::kernel_size,
         "conv2d_1: kernel_size: expected 1 to 32, got 0");
  refuse(&ConvolutionLayerOptions::stride,
         "conv2d_1: strides: expected 1 to 32, got 0");
}

TEST(ConvolutionLayer, KernelLargerThanItsInputSaysWhatToDo) {
  test::expect_error(
      Fault::shape,
      "conv2d_1: a kernel of 3 x 3 does not fit into its input [2, 6, 3]; use "
      "padding: same, a smaller kernel, less pooling before, or larger images",
      [] {
        const ConvolutionLayer layer(three_by_three(), {2, 6, 3});
      });
}

TEST(ConvolutionLayer, FeaturesInsteadOfAnImageSayWhatToDo) {
  test::expect_error(
      Fault::shape,
      "conv2d_1: expected an image [height, width, channels], got [512]; "
      "convolutions come before flatten and dense",
      [] { const ConvolutionLayer layer(three_by_three(), {512}); });
}

}  // namespace
}  // namespace polytask
