#include "polytask/onednn/convolution.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <random>
#include <thread>

#include "polytask/base/text.h"
#include "tests/reference/convolution.h"
#include "tests/support/expect_error.h"

namespace polytask::onednn {
namespace {

using reference::ConvolutionShape;
constexpr float kNaN = std::numeric_limits<float>::quiet_NaN();

std::vector<float> random_floats(int count, unsigned seed) {
  std::mt19937 rng(seed);
  std::uniform_real_distribution<float> uniform(-1.0f, 1.0f);
  std::vector<float> values(static_cast<std::size_t>(count));
  for (float& v : values) v = uniform(rng);
  return values;
}

// `summed` products below 1, rounded to float along the way.
void expect_near(const char* name, const std::vector<float>& got,
                 const std::vector<double>& expected, int summed) {
  ASSERT_EQ(got.size(), expected.size()) << name;
  const double tolerance = 2e-6 * std::sqrt(summed) + 1e-6;
  for (std::size_t i = 0; i < got.size(); ++i) {
    ASSERT_NEAR(got[i], expected[i], tolerance) << name << " element " << i;
  }
}

struct Bench {
  ConvolutionShape shape;
  Convolution convolution;
  int sources, weights, results;
  std::vector<float> src, kernel, bias, diff_dst, prepared, scratch;

  Bench(const ConvolutionShape& s, bool relu)
      : shape(s),
        convolution("conv", {.height = s.height,
                             .width = s.width,
                             .channels = s.channels,
                             .filters = s.filters,
                             .kernel_height = s.kernel,
                             .kernel_width = s.kernel,
                             .stride = s.stride,
                             .pad_top = s.pad_begin,
                             .pad_left = s.pad_begin,
                             .pad_bottom = s.pad_end,
                             .pad_right = s.pad_end,
                             .relu = relu}),
        sources(s.height * s.width * s.channels),
        weights(s.kernel * s.kernel * s.channels * s.filters),
        results(s.out(s.height) * s.out(s.width) * s.filters),
        src(random_floats(sources, 1)),
        kernel(random_floats(weights, 2)),
        bias(random_floats(s.filters, 3)),
        diff_dst(random_floats(results, 4)),
        prepared(convolution.prepared_count(), kNaN),
        scratch(convolution.scratch_count(), kNaN) {
    convolution.prepare(kernel, bias, prepared.data());
  }

  std::vector<float> forward() {
    std::vector<float> dst(diff_dst.size(), kNaN);
    convolution.forward(src.data(), prepared.data(), dst.data(),
                        scratch.data());
    return dst;
  }

  std::vector<float> backward_data() {
    std::vector<float> diff_src(src.size(), kNaN);
    convolution.backward_data(diff_dst.data(), prepared.data(), diff_src.data(),
                              scratch.data());
    return diff_src;
  }

  struct Gradient {
    std::vector<float> kernel;
    std::vector<float> bias;
  };
  Gradient backward_weights() {
    std::vector<float> packed(convolution.gradient_count(), kNaN);
    convolution.backward_weights(src.data(), diff_dst.data(), packed.data(),
                                 scratch.data());
    Gradient gradient{std::vector<float>(kernel.size(), kNaN),
                      std::vector<float>(bias.size(), kNaN)};
    convolution.unpack_gradient(packed.data(), gradient.kernel, gradient.bias);
    return gradient;
  }
};

void check(const ConvolutionShape& s, bool relu) {
  SCOPED_TRACE(cat(s.height, "x", s.width, "x", s.channels, " k", s.kernel,
                   " s", s.stride, " pad ", s.pad_begin, "+", s.pad_end, " -> ",
                   s.filters, relu ? " relu" : ""));
  Bench b(s, relu);
  const int taps = s.kernel * s.kernel;
  expect_near("dst", b.forward(),
              reference::convolution(s, b.src, b.kernel, b.bias, relu),
              taps * s.channels);
  expect_near("diff_src", b.backward_data(),
              reference::convolution_diff_src(s, b.diff_dst, b.kernel),
              taps * s.filters);
  const Bench::Gradient gradient = b.backward_weights();
  const int positions = s.out(s.height) * s.out(s.width);
  expect_near("diff_kernel", gradient.kernel,
              reference::convolution_diff_kernel(s, b.src, b.diff_dst),
              positions);
  expect_near("diff_bias", gradient.bias,
              reference::convolution_diff_bias(s, b.diff_dst), positions);
}

// Every small image, with every kernel, stride and padding that fits.
TEST(Convolution, SmallGeometriesEqualThePlainLoop) {
  for (int size = 1; size <= 5; ++size) {
    for (const int kernel : {1, 2, 3, 5}) {
      for (const int stride : {1, 2, 3}) {
        for (const int pad : {0, 1}) {
          for (const int more : {0, 1}) {
            if (size + 2 * pad + more < kernel || pad + more >= kernel)
              continue;
            check({size, size + 2, 2, 3, kernel, stride, pad, pad + more},
                  (size + kernel) % 2 == 0);
          }
        }
      }
    }
  }
}

// Around the widths of vectors and blocks, where implementations change.
TEST(Convolution, ChannelCountsEqualThePlainLoop) {
  for (const int channels : {1, 3, 8, 15, 16, 17, 32}) {
    for (const int filters : {1, 7, 8, 16, 31, 32, 33, 64}) {
      check({6, 5, channels, filters, 3, 1, 1, 1}, true);
    }
  }
}

// Rows longer than one register block, as in real networks.
TEST(Convolution, WideImagesEqualThePlainLoop) {
  check({9, 70, 3, 32, 3, 1, 1, 1}, true);
  check({8, 49, 32, 32, 3, 1, 0, 0}, false);
}

// One convolution serves several threads, each with scratch of its own.
TEST(Convolution, ThreadsShareItWithTheSameBits) {
  Bench bench({12, 12, 16, 16, 3, 1, 1, 1}, true);
  const std::vector<float> alone = bench.forward();
  std::vector<std::vector<float>> results(4);
  std::vector<std::thread> threads;
  for (std::vector<float>& result : results) {
    threads.emplace_back([&bench, &result] {
      std::vector<float> scratch(bench.scratch.size());
      for (int i = 0; i < 50; ++i) {
        result.assign(bench.diff_dst.size(), kNaN);
        bench.convolution.forward(bench.src.data(), bench.prepared.data(),
                                  result.data(), scratch.data());
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  for (const std::vector<float>& result : results) EXPECT_EQ(result, alone);
}

TEST(Convolution, ForwardOnlyHasNoGradient) {
  const Convolution forward_only("conv", {.height = 6,
                                          .width = 6,
                                          .channels = 3,
                                          .filters = 4,
                                          .kernel_height = 3,
                                          .kernel_width = 3,
                                          .with_backward = false});
  EXPECT_EQ(forward_only.gradient_count(), 0u);
  EXPECT_EQ(forward_only.implementation().find("backward"), std::string::npos);
}

TEST(Convolution, ImpossibleOneNamesItsOwner) {
  test::expect_error_parts(
      Fault::backend, {"conv2d_7: oneDNN refused it (", ", status "}, [] {
        const Convolution impossible("conv2d_7", {.height = 2,
                                                  .width = 2,
                                                  .channels = 1,
                                                  .filters = 1,
                                                  .kernel_height = 5,
                                                  .kernel_width = 5});
      });
}

}  // namespace
}  // namespace polytask::onednn
