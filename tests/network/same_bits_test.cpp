// The same numbers to the last bit: on any number of workers, on every repeat,
// on every processor with vectors.

#include <gtest/gtest.h>

#include <cmath>

#include "polytask/base/text.h"
#include "tests/network/network_bench.h"
#include "tests/support/vector_targets.h"

namespace polytask {
namespace {

using test::every_kind_of_layer;
using test::every_way;
using test::grouped_blocks;
using test::heavy_convolution;
using test::NetworkBench;
using test::pooled_blocks;
using test::two_heads;

TEST(SameBits, AnyNumberOfWorkersGivesTheSameBits) {
  for (const NetworkOptions& options : every_way()) {
    for (const int images : {1, 5, 8, 19}) {
      NetworkBench alone(options, two_heads(19, 1));
      alone.step(images);
      for (const int workers : {2, 4}) {
        SCOPED_TRACE(cat(images, " images, ", workers, " workers"));
        NetworkBench shared(options, two_heads(19, workers));
        shared.step(images);
        EXPECT_EQ(shared.all_logits(), alone.all_logits());
        EXPECT_EQ(shared.all_gradients(), alone.all_gradients());
      }
    }
  }
}

// Whether each prepares them for itself or all together.
TEST(SameBits, NewWeightsReachEveryWorker) {
  for (const NetworkOptions& options :
       {grouped_blocks(), pooled_blocks(), heavy_convolution()}) {
    for (const int batch : {1, 13}) {
      NetworkBench old(options, two_heads(batch, 4));
      NetworkBench fresh(options, two_heads(batch, 1));
      for (int i = 0; i < 5; ++i) old.step(batch);  // all have had work
      for (NetworkBench* bench : {&old, &fresh}) {
        for (float& w : bench->parameters.flat()) w *= 0.5f;
        bench->step(batch);
      }
      EXPECT_EQ(old.all_logits(), fresh.all_logits());
      EXPECT_EQ(old.all_gradients(), fresh.all_gradients());
    }
  }
}

TEST(SameBits, RepeatsWithTheSameBits) {
  NetworkBench bench(every_kind_of_layer(), two_heads(11, 3));
  bench.step(11);
  const std::vector<float> logits = bench.all_logits();
  const std::vector<float> gradients = bench.all_gradients();
  for (int i = 0; i < 20; ++i) {
    bench.step(11);
    ASSERT_EQ(bench.all_logits(), logits);
    ASSERT_EQ(bench.all_gradients(), gradients);
  }
}

// One image at a time: its rows are shared out, and its zeros skipped.
TEST(SameBits, OneImageInBandsHasTheSameBitsOnAnyNumberOfWorkers) {
  const NetworkOptions options = pooled_blocks();
  PlanOptions one = two_heads(1);
  one.input = {45, 38, 2};
  PlanOptions many = one;
  many.batch = 3;
  NetworkBench expected(options, many);
  expected.network.prepare(expected.parameters);
  expected.network.forward(expected.batch(1));
  one.training = false;
  NetworkBench alone(options, one);
  ASSERT_GT(alone.plan->image_steps[1].layer->bands(), 1);
  for (const int workers : {1, 2, 4}) {
    SCOPED_TRACE(cat(workers, " workers"));
    one.workers = workers;
    NetworkBench shared(options, one);
    for (NetworkBench* bench : {&alone, &shared}) {
      bench->network.prepare(bench->parameters);
      bench->network.forward(bench->batch(1));
    }
    EXPECT_EQ(shared.all_logits(), alone.all_logits());
  }
  const std::vector<float> got = alone.all_logits();
  const std::vector<float> batch = expected.all_logits();
  for (std::size_t i = 0; i < got.size(); ++i) {
    ASSERT_NEAR(got[i], batch[i], 1e-6) << "logit " << i;
  }
}

// Training likewise: forward in bands, backward in parts.
TEST(SameBits, ATrainingOfOneImageHasTheSameBitsOnAnyNumberOfWorkers) {
  for (const NetworkOptions& options : every_way()) {
    PlanOptions one = two_heads(1);
    one.input = {45, 38, 2};
    PlanOptions many = one;
    many.batch = 3;
    NetworkBench expected(options, many);
    expected.step(1);
    NetworkBench alone(options, one);
    alone.step(1);
    ASSERT_GT(alone.plan->image_steps[0].layer->bands(), 1);
    const std::vector<float> got = alone.all_gradients();
    const std::vector<float> batch = expected.all_gradients();
    for (std::size_t i = 0; i < got.size(); ++i) {
      ASSERT_NEAR(got[i], batch[i], 1e-5 + 1e-5 * std::abs(batch[i]));
    }
    for (const int workers : {2, 4}) {
      SCOPED_TRACE(cat(workers, " workers"));
      one.workers = workers;
      NetworkBench shared(options, one);
      shared.step(1);
      EXPECT_EQ(shared.all_logits(), alone.all_logits());
      EXPECT_EQ(shared.all_gradients(), alone.all_gradients());
    }
  }
}

// Small images go through the layers in micro_batches: an image gives the same
// in a full one, in one that is not, and alone.
void expect_same_features_among_neighbours(int workers) {
  SCOPED_TRACE(cat(workers, " workers"));
  PlanOptions planned = two_heads(7, workers);
  planned.training = false;
  NetworkOptions options = grouped_blocks();
  while (!std::holds_alternative<Flatten>(options.trunk.back())) {
    options.trunk.pop_back();
  }
  NetworkBench bench(options, planned);
  ASSERT_EQ(bench.plan->micro_batch, 4);
  bench.network.prepare(bench.parameters);
  const auto features_of = [&](const ImageBatch& batch, std::size_t image) {
    bench.network.forward(batch);
    const std::span<const float> all = bench.network.shared_features();
    const std::size_t row = all.size() / static_cast<std::size_t>(batch.images);
    const auto own = all.subspan(image * row, row);
    return std::vector<float>(own.begin(), own.end());
  };
  const std::vector<float> expected = features_of(bench.batch(7), 2);
  const std::size_t bytes = element_count(planned.input);
  std::ranges::rotate(bench.pixels, bench.pixels.begin() +
                                        static_cast<std::ptrdiff_t>(2 * bytes));
  EXPECT_EQ(features_of(bench.batch(1), 0), expected);
  EXPECT_EQ(features_of(bench.batch(3), 0), expected);
  std::ranges::rotate(
      bench.pixels, bench.pixels.begin() + static_cast<std::ptrdiff_t>(bytes));
  EXPECT_EQ(features_of(bench.batch(7), 6), expected);
}

TEST(SameBits, AnImageHasTheSameFeaturesAmongAnyNeighbours) {
  for (const int workers : {1, 2, 4}) {
    expect_same_features_among_neighbours(workers);
  }
}

// Where a layer reads of the rows of its own share only, no one waits for the
// others; where it reads more, they do.
TEST(SameBits, OneImageHasTheSameBitsWhereThreadsGoOnWithoutMeeting) {
  constexpr auto kRelu = Activation::relu;
  constexpr auto kSame = Padding::same;
  const auto conv = [](int filters, int kernel, int strides) {
    return Conv2D{.filters = filters,
                  .kernel_size = kernel,
                  .strides = strides,
                  .padding = kSame,
                  .activation = kRelu};
  };
  const NetworkOptions options{
      .trunk = {conv(16, 3, 1), conv(16, 1, 1), conv(24, 3, 2), conv(24, 1, 1),
                conv(24, 5, 1), MaxPooling2D{.pool_size = 2}, conv(24, 3, 1),
                conv(24, 1, 1), Flatten{}}};
  PlanOptions one = two_heads(1);
  one.input = {64, 64, 2};
  one.training = false;
  NetworkBench alone(options, one);
  alone.network.prepare(alone.parameters);
  alone.network.forward(alone.batch(1));
  const std::vector<float> expected = alone.all_logits();
  for (const int workers : {2, 3, 4}) {
    SCOPED_TRACE(cat(workers, " workers"));
    one.workers = workers;
    NetworkBench shared(options, one);
    shared.network.prepare(shared.parameters);
    ImageBatch black = shared.batch(1);
    const std::vector<std::byte> zeros(element_count(one.input) *
                                       size_of(black.type));
    black.pixels = zeros.data();
    for (int i = 0; i < 100; ++i) {
      shared.network.forward(black);  // so that what is too early is wrong
      shared.network.forward(shared.batch(1));
      ASSERT_EQ(shared.all_logits(), expected) << "round " << i;
    }
  }
}

// Nor does a thread take a gradient of the image before for this one's: the
// dropouts keep it waiting.
TEST(SameBits, TrainingsOfOneImageAfterTheOtherHaveTheBitsOfOneWorker) {
  constexpr auto kRelu = Activation::relu;
  NetworkOptions options{
      .trunk = {Conv2D{.filters = 8, .kernel_size = 1, .activation = kRelu}}};
  for (int i = 0; i < 8; ++i) options.trunk.push_back(Dropout{.rate = 0.1});
  options.trunk.push_back(Conv2D{
      .filters = 1, .kernel_size = 1, .strides = 8, .activation = kRelu});
  options.trunk.push_back(Flatten{});
  PlanOptions one = two_heads(1);
  one.input = {120, 120, 2};
  NetworkBench alone(options, one);
  one.workers = 2;
  NetworkBench shared(options, one);
  for (unsigned image = 0; image < 20; ++image) {
    SCOPED_TRACE(cat("image ", image));
    for (NetworkBench* bench : {&alone, &shared}) {
      bench->pixels = test::random_pixels(bench->pixels.size(), image);
      bench->step(1);
    }
    ASSERT_EQ(shared.all_gradients(), alone.all_gradients());
  }
}

TEST(SameBits, EveryVectorProcessorGivesTheSameGradientsOfLists) {
  std::vector<std::vector<float>> results;
  for (const std::int64_t target : test::vector_targets()) {
    const test::OnlyTarget only(target);
    NetworkBench bench(pooled_blocks(), two_heads(6));
    bench.step(6);
    results.push_back(bench.all_gradients());
  }
  for (const auto& result : results) EXPECT_EQ(result, results.front());
}

}  // namespace
}  // namespace polytask
