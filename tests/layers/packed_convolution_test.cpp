// What a convolution layer does beside oneDNN's own way: several images at
// once, and weights that it packs and unpacks itself.

#include <gtest/gtest.h>

#include <numeric>
#include <random>

#include "polytask/base/text.h"
#include "polytask/kernels/sparse_convolution.h"
#include "polytask/layers/convolution_layer.h"

namespace polytask {
namespace {

ConvolutionLayerOptions options_of(int kernel_size, int stride, int filters) {
  return {.name = cat("conv k", kernel_size, " s", stride, " ->", filters),
          .filters = filters,
          .kernel_size = kernel_size,
          .stride = stride,
          .same_padding = true,
          .relu = true};
}

// oneDNN promises nothing of the kind; no one's answers may depend on who else
// is asked about.
// Whether the layer takes micro_batches at all.
bool expect_bits_of_one(const ConvolutionLayerOptions& options,
                        const Shape& src) {
  SCOPED_TRACE(cat(options.name, ", ", src[0], " x ", src[1]));
  const ConvolutionLayer layer(options, src);
  if (!layer.spec().forward_takes_micro_batches) return false;
  std::mt19937 random(1);
  const auto values = [&](std::size_t count) {
    std::vector<float> some(count);
    for (float& v : some) {
      v = std::normal_distribution<float>(0.0f, 1.0f)(random);
    }
    return some;
  };
  const auto images = static_cast<std::size_t>(options.micro_batch);
  const std::size_t pixels = element_count(layer.spec().src);
  const std::size_t results = element_count(layer.spec().dst);
  const std::vector<float> all = values(images * pixels);
  const std::vector<float> kernel =
      values(element_count(layer.spec().parameters[0].shape));
  const std::vector<float> bias =
      values(static_cast<std::size_t>(options.filters));
  std::vector<float> prepared(layer.spec().prepared_count);
  std::vector<float> scratch(layer.spec().scratch_count);
  layer.prepare(std::vector<std::span<const float>>{kernel, bias},
                prepared.data());
  std::vector<float> together(images * results);
  std::vector<float> alone(images * results);
  ForwardPass pass{.images = options.micro_batch,
                   .src = all.data(),
                   .prepared = prepared.data(),
                   .dst = together.data(),
                   .scratch = scratch.data()};
  layer.forward(pass);
  pass.images = 1;
  for (std::size_t i = 0; i < images; ++i) {
    pass.src = all.data() + i * pixels;
    pass.dst = alone.data() + i * results;
    layer.forward(pass);
  }
  EXPECT_EQ(together, alone);
  return true;
}

TEST(GroupedConvolution, AGroupGivesEachImageTheBitsItHasAlone) {
  int with_groups = 0;
  for (const int size : {4, 15}) {
    for (const int kernel : {1, 3, 5}) {
      for (const int stride : {1, 2}) {
        for (const int channels : {3, 16, 33, 128}) {
          for (const int filters : {5, 16, 64, 128}) {
            ConvolutionLayerOptions options =
                options_of(kernel, stride, filters);
            for (const int micro_batch : {2, 4}) {
              options.micro_batch = micro_batch;
              with_groups +=
                  expect_bits_of_one(options, {size, size, channels});
            }
          }
        }
      }
    }
  }
  EXPECT_GT(with_groups, 0);
}

// What we pack and unpack ourselves lies as oneDNN would have laid it.
TEST(PackedConvolution, PacksWhatOneDnnWould) {
  for (const int kernel_size : {1, 3}) {
    for (const int channels : {3, 24, 64}) {
      for (const int filters : {5, 16, 40, 64, 128}) {
        ConvolutionLayerOptions options = options_of(kernel_size, 1, filters);
        options.skip_zeros = false;
        SCOPED_TRACE(cat(kernel_size, " x ", kernel_size, ", ", channels,
                         " channels, ", filters, " filters"));
        const Shape src{6, 6, channels};
        const ConvolutionLayer layer(options, src);
        const onednn::Convolution whole(
            options.name, ConvolutionLayer::geometry(options, src));
        const std::size_t weights =
            element_count(layer.spec().parameters[0].shape);
        const std::size_t biases = static_cast<std::size_t>(filters);

        std::vector<float> kernel(weights);
        std::iota(kernel.begin(), kernel.end(), 1.0f);
        const std::vector<float> bias(biases, 2.0f);
        std::vector<float> ours(layer.spec().prepared_count);
        std::vector<float> theirs(ours.size());
        layer.prepare(std::vector<std::span<const float>>{kernel, bias},
                      ours.data());
        whole.prepare(kernel, bias, theirs.data());
        EXPECT_EQ(ours, theirs);

        std::vector<float> gradient(layer.spec().gradient_count);
        std::iota(gradient.begin(), gradient.end(), 1.0f);
        std::vector<float> our_kernel(weights);
        std::vector<float> our_bias(biases);
        std::vector<float> their_kernel(weights);
        std::vector<float> their_bias(biases);
        layer.unpack_gradient(gradient.data(), std::vector<std::span<float>>{
                                                   our_kernel, our_bias});
        whole.unpack_gradient(gradient.data(), their_kernel, their_bias);
        EXPECT_EQ(our_kernel, their_kernel);
        EXPECT_EQ(our_bias, their_bias);
      }
    }
  }
}

// Which of the layouts of this processor are ours to pack: none would make the
// test above compare oneDNN with itself.
TEST(PackedConvolution, KnowsTheTilesOfThisProcessor) {
  if (!kernels::has_vector_fma()) GTEST_SKIP() << "no AVX2";
  for (const int kernel_size : {1, 3}) {
    const ConvolutionLayerOptions options = options_of(kernel_size, 1, 32);
    const onednn::Convolution whole(
        options.name, ConvolutionLayer::geometry(options, {6, 6, 32}));
    EXPECT_TRUE(whole.prepared_tiles(0)) << kernel_size;
    EXPECT_TRUE(whole.prepared_tiles(1)) << kernel_size;
    EXPECT_TRUE(whole.gradient_tiles()) << kernel_size;
  }
}

}  // namespace
}  // namespace polytask
