#include "polytask/network/network.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "polytask/base/text.h"
#include "tests/network/network_bench.h"
#include "tests/reference/network.h"
#include "tests/support/expect_error.h"
#include "tests/support/vector_targets.h"

namespace polytask {
namespace {

using reference::Doubles;
using test::every_kind_of_layer;
using test::every_way;
using test::grouped_blocks;
using test::NetworkBench;
using test::pooled_blocks;
using test::two_heads;

// A network and its twin in plain loops and doubles, on the same numbers.
class Twins {
 public:
  Twins(const NetworkOptions& options, int images)
      : bench_(options, two_heads(images)),
        twin_(options, {8, 8, 2}, 2),
        images_(images) {
    for (std::size_t i = 0; i < bench_.parameters.layout().size(); ++i) {
      const auto values = bench_.parameters[i];
      parameters_.emplace_back(values.begin(), values.end());
    }
  }

  void expect_equal_logits(bool training) {
    bench_.network.prepare(bench_.parameters);
    if (training) {
      bench_.network.forward_training(bench_.batch(images_),
                                      bench_.key(images_));
    } else {
      bench_.network.forward(bench_.batch(images_));
    }
    std::size_t first = 0;  // of this head in a row of the twin
    for (std::size_t h = 0; h < 2; ++h) {
      const auto logits = bench_.network.logits(h);
      const std::size_t units = logits.size() / images();
      for (std::size_t i = 0; i < logits.size(); ++i) {
        const Doubles row = twin_logits(i / units, training);
        ASSERT_NEAR(logits[i], row[first + i % units], 2e-6)
            << "head " << h << " element " << i;
      }
      first += units;
    }
  }

  // Central differences of the twin. In doubles the step can be so small that
  // relu and max keep to their side.
  void expect_equal_gradients() {
    bench_.step(images_);
    for (std::size_t p = 0; p < parameters_.size(); ++p) {
      SCOPED_TRACE(bench_.parameters.layout().specs()[p].name);
      const std::vector<float> gradient = bench_.gradient(p);
      const std::size_t stride = gradient.size() / 12 + 1;
      for (std::size_t i = 0; i < gradient.size(); i += stride) {
        EXPECT_NEAR(gradient[i], slope(parameters_[p][i]), 2e-5)
            << "element " << i;
      }
    }
  }

 private:
  [[nodiscard]] std::size_t images() const {
    return static_cast<std::size_t>(images_);
  }

  [[nodiscard]] Doubles twin_logits(std::size_t image, bool training) const {
    constexpr std::size_t kPixels = 8 * 8 * 2;
    Doubles values;
    for (std::size_t i = 0; i < kPixels; ++i) {
      values.push_back(bench_.pixels[image * kPixels + i] / 255.0);
    }
    std::optional<ImageKey> key;
    if (training) {
      key = ImageKey{.seed = 9, .epoch = 2, .sample = bench_.samples[image]};
    }
    return twin_.logits(parameters_, values, key);
  }

  [[nodiscard]] double objective() const {
    double sum = 0.0;
    for (std::size_t n = 0; n < images(); ++n) {
      const Doubles row = twin_logits(n, true);
      for (std::size_t u = 0; u < row.size(); ++u) {
        const std::size_t i = u < 5 ? n * 5 + u : n * 2 + u - 5;
        sum += row[u] * NetworkBench::cotangent(i);
      }
    }
    return sum;
  }

  [[nodiscard]] double slope(double& parameter) const {
    constexpr double kStep = 1e-6;
    const double middle = parameter;
    parameter = middle + kStep;
    const double high = objective();
    parameter = middle - kStep;
    const double low = objective();
    parameter = middle;
    return (high - low) / (2 * kStep);
  }

  NetworkBench bench_;
  reference::Network twin_;
  int images_;
  std::vector<Doubles> parameters_;
};

TEST(Network, LogitsEqualThePlainLoops) {
  for (const NetworkOptions& options :
       {every_kind_of_layer(), pooled_blocks(), grouped_blocks()}) {
    Twins twins(options, 9);
    twins.expect_equal_logits(/*training=*/false);
    twins.expect_equal_logits(/*training=*/true);
  }
}

TEST(Network, GradientsEqualCentralDifferences) {
  Twins(every_kind_of_layer(), 3).expect_equal_gradients();
  Twins(pooled_blocks(), 3).expect_equal_gradients();
  // Two full micro_batches and one that is not.
  Twins(grouped_blocks(), 9).expect_equal_gradients();
}

// Each stands for a way in which the plan could connect layers wrongly.
TEST(Network, EveryOrderOfLayersEqualsThePlainLoops) {
  constexpr auto kRelu = Activation::relu;
  const std::vector<std::vector<LayerOptions>> trunks{
      {Flatten{}},
      {Flatten{}, Dense{.units = 6, .activation = kRelu}},
      {Flatten{}, Dropout{}, Dense{.units = 6}, Dropout{}, Dropout{}},
      {Flatten{}, Flatten{}, Dense{.units = 6}, Flatten{}, Dense{.units = 3}},
      {MaxPooling2D{}, Flatten{}},
      {MaxPooling2D{.pool_size = 3}, Conv2D{.filters = 3, .kernel_size = 2},
       Flatten{}},
      {Dropout{.rate = 0.3}, Conv2D{.filters = 3, .activation = kRelu},
       Flatten{}},
      {Conv2D{.filters = 3}, MaxPooling2D{}, Flatten{}},
      {Conv2D{.filters = 3, .activation = kRelu}, MaxPooling2D{}, Flatten{}},
      {Conv2D{.filters = 3, .activation = kRelu}, Dropout{}, MaxPooling2D{},
       MaxPooling2D{}, Flatten{}, Dense{.units = 4, .activation = kRelu}},
      {Conv2D{.filters = 3, .strides = 2, .activation = kRelu},
       Conv2D{.filters = 17, .kernel_size = 1, .activation = kRelu},
       Conv2D{.filters = 2, .padding = Padding::same, .activation = kRelu},
       Flatten{}, Dropout{}, Dense{.units = 4, .activation = kRelu},
       Dense{.units = 3}},
      {Conv2D{.filters = 4,
              .kernel_size = 5,
              .strides = 2,
              .padding = Padding::same,
              .activation = kRelu},
       MaxPooling2D{}, Conv2D{.filters = 5, .kernel_size = 2},
       Dropout{.rate = 0.1}, Flatten{}}};
  for (std::size_t i = 0; i < trunks.size(); ++i) {
    SCOPED_TRACE(cat("trunk ", i));
    Twins twins({.trunk = trunks[i]}, 3);
    twins.expect_equal_logits(/*training=*/false);
    twins.expect_equal_logits(/*training=*/true);
    twins.expect_equal_gradients();
  }
}

// What backward computes again, it finds as forward left it.
TEST(Network, AFirstLayerThatIsComputedAgainGivesTheSameGradients) {
  const NetworkOptions options = every_kind_of_layer();
  const auto plan_of = [](int batch) {
    PlanOptions plan = two_heads(batch);
    plan.input = {64, 64, 2};
    return plan;
  };
  NetworkBench kept(options, plan_of(9));
  NetworkBench again(options, plan_of(99));
  ASSERT_FALSE(kept.plan->recompute_first);
  ASSERT_TRUE(again.plan->recompute_first);
  std::ranges::copy(kept.pixels, again.pixels.begin());
  kept.step(9);
  again.step(9);
  EXPECT_EQ(again.all_logits(), kept.all_logits());
  const std::vector<float> expected = kept.all_gradients();
  const std::vector<float> got = again.all_gradients();
  for (std::size_t i = 0; i < got.size(); ++i) {
    ASSERT_NEAR(got[i], expected[i], 1e-5 + 1e-5 * std::abs(expected[i]));
  }
}

// Rows behind the images hold what an earlier, full batch left there.
TEST(Network, IncompleteBatchEqualsANetworkPlannedForExactlyThat) {
  for (const NetworkOptions& options : every_way()) {
    NetworkBench larger(options, two_heads(10));
    for (const int images : {1, 2, 7, 8, 9}) {
      SCOPED_TRACE(cat(images, " images"));
      larger.step(10);
      larger.step(images);
      NetworkBench exact(options, two_heads(images));
      std::copy_n(larger.pixels.begin(), exact.pixels.size(),
                  exact.pixels.begin());
      exact.step(images);
      // oneDNN may cut a matrix product of other rows into other sums.
      const std::vector<float> logits = exact.all_logits();
      for (std::size_t i = 0; i < logits.size(); ++i) {
        ASSERT_NEAR(larger.all_logits()[i], logits[i],
                    1e-6 + 1e-6 * std::abs(logits[i]));
      }
      const std::vector<float> expected = exact.all_gradients();
      const std::vector<float> got = larger.all_gradients();
      for (std::size_t i = 0; i < got.size(); ++i) {
        ASSERT_NEAR(got[i], expected[i], 1e-6 + 1e-6 * std::abs(expected[i]));
      }
    }
  }
}

// A step that ended in infinities, because parameter array `poisoned` did, must
// not poison the next one, which has fewer images.
void expect_no_trace(const NetworkOptions& options, std::size_t poisoned) {
  NetworkBench clean(options, two_heads(10));
  clean.step(6);
  NetworkBench used(options, two_heads(10));
  const std::span<float> array = used.parameters[poisoned];
  const std::vector<float> before(array.begin(), array.end());
  std::ranges::fill(array, std::numeric_limits<float>::infinity());
  used.step(10);
  ASSERT_FALSE(std::ranges::all_of(used.all_gradients(),
                                   [](float g) { return std::isfinite(g); }));
  std::ranges::copy(before, array.begin());
  used.step(6);
  EXPECT_EQ(used.all_logits(), clean.all_logits());
  EXPECT_EQ(used.all_gradients(), clean.all_gradients());
}

TEST(Network, InfiniteGradientsLeaveNoTrace) {
  constexpr std::size_t kSceneKernel = 6;
  expect_no_trace(every_kind_of_layer(), kSceneKernel);
  constexpr std::size_t kSceneKernelBehindThree = 8;
  expect_no_trace(pooled_blocks(), kSceneKernelBehindThree);
}

// Without a relu, which would turn NaN into 0.
TEST(Network, InfiniteFeaturesLeaveNoTrace) {
  constexpr std::size_t kFirstKernel = 0;
  expect_no_trace(
      {.trunk = {Conv2D{.filters = 3}, Flatten{}, Dense{.units = 4}}},
      kFirstKernel);
}

TEST(Network, InferencePlanGivesTheTrainingPlansLogits) {
  for (const NetworkOptions& options : every_way()) {
    NetworkBench training(options, two_heads(6));
    PlanOptions forward_only = two_heads(6);
    forward_only.training = false;
    NetworkBench inference(options, forward_only);
    for (NetworkBench* bench : {&training, &inference}) {
      bench->network.prepare(bench->parameters);
      bench->network.forward(bench->batch(6));
    }
    const std::vector<float> expected = training.all_logits();
    const std::vector<float> got = inference.all_logits();
    for (std::size_t i = 0; i < got.size(); ++i) {
      ASSERT_NEAR(got[i], expected[i], 1e-6) << "logit " << i;
    }
  }
}

// Two ways to the same numbers: own kernels and oneDNN's.
TEST(Network, OwnKernelsAgreeWithOneDnn) {
  PlanOptions without = two_heads(6);
  without.own_kernels = false;
  NetworkBench own(pooled_blocks(), two_heads(6));
  NetworkBench onednn(pooled_blocks(), without);
  own.step(6);
  onednn.step(6);
  EXPECT_EQ(own.all_logits(), onednn.all_logits());
  const std::vector<float> expected = onednn.all_gradients();
  const std::vector<float> got = own.all_gradients();
  for (std::size_t i = 0; i < got.size(); ++i) {
    ASSERT_NEAR(got[i], expected[i], 1e-5 + 1e-5 * std::abs(expected[i]));
  }
}

// What a processor without AVX2 runs.
TEST(Network, WithoutVectorsThePlanIsOneDnns) {
  const test::OnlyTarget only(HWY_SCALAR);
  const NetworkPlan plan(pooled_blocks(), two_heads(4));
  EXPECT_EQ(plan.describe().find("lists"), std::string::npos);
  EXPECT_EQ(plan.layers()[2].reason, "oneDNN: no AVX2");
  Twins(pooled_blocks(), 3).expect_equal_gradients();
}

TEST(Network, SurvivorsAreThoseOfTheLastTrainingBatch) {
  NetworkBench bench(every_kind_of_layer(), two_heads(4));
  bench.step(3);
  const auto found = bench.network.survivors();
  ASSERT_EQ(found.size(), 1u);
  EXPECT_EQ(found[0].layer, "max_pooling2d_1");
  EXPECT_EQ(found[0].batch.windows, 3u * 3 * 3 * 4);
  EXPECT_EQ(found[0].batch.elements, 3u * 6 * 6 * 4);
  EXPECT_GT(found[0].batch.alive, 0u);
  EXPECT_LE(found[0].batch.alive, found[0].batch.windows);
  bench.network.forward(bench.batch(3));
  EXPECT_TRUE(bench.network.survivors().empty());
}

TEST(Network, FloatPixelsGiveTheLogitsOfTheSameBytes) {
  NetworkBench bench(every_kind_of_layer(), two_heads(4));
  bench.network.prepare(bench.parameters);
  bench.network.forward(bench.batch(4));
  const std::vector<float> expected = bench.all_logits();
  const std::vector<float> floats(bench.pixels.begin(), bench.pixels.end());
  bench.network.forward(
      {.images = 4,
       .pixels = reinterpret_cast<const std::byte*>(floats.data()),
       .type = PixelType::float32});
  EXPECT_EQ(bench.all_logits(), expected);
}

// Where an image stands in its batch is no part of its random numbers.
TEST(Network, LogitsOfAnImageDoNotDependOnItsNeighbours) {
  NetworkBench bench(every_kind_of_layer(), two_heads(9));
  bench.step(9);
  const auto logits = bench.network.logits(0);
  const std::vector<float> last(logits.end() - 5, logits.end());
  constexpr std::size_t kPixels = 8 * 8 * 2;
  std::copy_n(bench.pixels.end() - kPixels, kPixels, bench.pixels.begin());
  bench.samples[0] = bench.samples[8];
  bench.step(9);
  const auto moved = bench.network.logits(0).first(5);
  EXPECT_EQ(std::vector<float>(moved.begin(), moved.end()), last);
}

TEST(Network, DropoutChangesWithTheEpochAndTheSample) {
  NetworkBench bench(every_kind_of_layer(), two_heads(4));
  bench.network.prepare(bench.parameters);
  const auto logits = [&](const BatchKey& key) {
    bench.network.forward_training(bench.batch(4), key);
    return bench.all_logits();
  };
  BatchKey key = bench.key(4);
  const std::vector<float> before = logits(key);
  EXPECT_EQ(logits(key), before);
  ++key.epoch;
  EXPECT_NE(logits(key), before);
  --key.epoch;
  ++bench.samples[0];
  EXPECT_NE(logits(key), before);
}

}  // namespace
}  // namespace polytask
