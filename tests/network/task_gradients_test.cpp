// The tasks' gradients of the whole trunk, beside those of one task at a time.

#include <gtest/gtest.h>

#include <cmath>
#include <numeric>

#include "tests/network/network_bench.h"
#include "tests/support/expect_error.h"

namespace polytask {
namespace {

using test::NetworkBench;

constexpr std::size_t kTasks = 3;
constexpr int kBatch = 20;  // more than a tile of images

// Float32 gradients beside inner products summed in doubles.
constexpr double kRounding = 2e-5;

PlanOptions three_tasks(TaskGradients kept, int workers = 1) {
  return {.input = {8, 8, 2},
          .outputs = {{"scene", 5},
                      {.name = "weather",
                       .units = 2,
                       .layers = {Dense{.units = 4,
                                        .activation = Activation::relu}}},
                      {"time", 3}},
          .batch = kBatch,
          .workers = workers,
          .task_gradients = kept};
}

NetworkOptions two_dense_layers() {
  return {.trunk = {Flatten{},
                    Dense{.units = 9, .activation = Activation::relu},
                    Dropout{.rate = 0.4}, Dense{.units = 6}}};
}

NetworkOptions convolution_alone() {
  return {.trunk = {Conv2D{.filters = 9, .activation = Activation::relu},
                    Conv2D{.filters = 8, .activation = Activation::relu},
                    Flatten{}}};
}

struct Case {
  const char* name;
  NetworkOptions network;
  int side = 8;
  int images = kBatch;
  int batch = kBatch;
  bool branches = false;  // heads with layers of images
};

NetworkOptions ends_in_an_image() {
  return {.trunk = {Conv2D{.filters = 9, .activation = Activation::relu},
                    MaxPooling2D{}, Dropout{.rate = 0.2}}};
}

std::vector<Case> cases() {
  return {
      {"every_kind", test::every_kind_of_layer()},
      {"pooled", test::pooled_blocks(), 12},
      {"dense", two_dense_layers()},
      {"many_features", two_dense_layers(), 24},
      {"convolution", convolution_alone()},
      {"part_of_a_batch", test::every_kind_of_layer(), 8, 13},
      {"one_image", test::pooled_blocks(), 12, 1, 1},
      {"branches", ends_in_an_image(), 12, kBatch, kBatch, true},
      {"part_of_a_batch_in_branches", ends_in_an_image(), 12, 13, kBatch, true},
      {"one_image_in_branches", ends_in_an_image(), 12, 1, 1, true}};
}

PlanOptions plan_of(const Case& c, TaskGradients kept, int workers = 1) {
  PlanOptions options = three_tasks(kept, workers);
  options.input = {c.side, c.side, 2};
  options.batch = c.batch;
  if (!c.branches) return options;
  constexpr auto kRelu = Activation::relu;
  options.outputs[0].layers = {
      Conv2D{.filters = 16, .padding = Padding::same, .activation = kRelu},
      MaxPooling2D{}, Dropout{.rate = 0.3}, Flatten{}};
  options.outputs[1].layers = {Flatten{}, Dense{.units = 4}};
  options.outputs[2].layers = {Conv2D{.filters = 5, .activation = kRelu},
                               Conv2D{.filters = 6}, Flatten{},
                               Dense{.units = 4, .activation = kRelu}};
  return options;
}

// Every task has numbers of its own, in all of `factors` but 0.
void forward(NetworkBench& bench, int images,
             const std::vector<float>& factors) {
  bench.network.prepare(bench.parameters);
  bench.network.forward_training(bench.batch(images), bench.key(images));
  for (std::size_t t = 0; t < kTasks; ++t) {
    std::size_t i = 3 * t;
    for (float& d : bench.network.diff_logits(t)) {
      d = NetworkBench::cotangent(i) * factors[t] +
          0.1f * factors[t] * static_cast<float>(i % 5);
      ++i;
    }
  }
}

struct Seen {
  std::vector<double> gramian;
  std::vector<double> layers;
};

Seen weighted_step(NetworkBench& bench, int images,
                   const std::vector<double>& weights) {
  Seen seen;
  forward(bench, images, {1.0f, 1.0f, 1.0f});
  bench.network.backward(
      [&](std::span<const double> gramian, std::span<double> chosen) {
        seen.gramian.assign(gramian.begin(), gramian.end());
        std::ranges::copy(weights, chosen.begin());
      });
  seen.layers.assign(bench.network.layer_gramians().begin(),
                     bench.network.layer_gramians().end());
  bench.network.for_each_gradient([&](std::size_t parameter, std::size_t first,
                                      std::span<const float> gradient) {
    std::ranges::copy(gradient,
                      bench.gradients[parameter].subspan(first).begin());
  });
  return seen;
}

// The gradients of one task alone, by a network that knows nothing of apart.
std::vector<std::vector<float>> gradients_of(const Case& c, std::size_t task) {
  NetworkBench bench(c.network, plan_of(c, TaskGradients::together));
  std::vector<float> factors(kTasks, 0.0f);
  factors[task] = 1.0f;
  forward(bench, c.images, factors);
  bench.network.backward(bench.gradients);
  std::vector<std::vector<float>> all;
  for (std::size_t p = 0; p < bench.gradients.layout().size(); ++p) {
    all.push_back(bench.gradient(p));
  }
  return all;
}

double product(const std::vector<float>& a, const std::vector<float>& b) {
  double sum = 0.0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    sum += static_cast<double>(a[i]) * b[i];
  }
  return sum;
}

class TrunkOfTasks : public testing::TestWithParam<Case> {};

// Parameters 2 l and 2 l + 1 of the network are kernel and bias of layer l.
TEST_P(TrunkOfTasks, EachLayersGramianIsThatOfItsTasksGradients) {
  const Case& c = GetParam();
  NetworkBench bench(c.network, plan_of(c, TaskGradients::trunk));
  const Seen seen = weighted_step(bench, c.images, {1.0, 1.0, 1.0});
  std::vector<std::vector<std::vector<float>>> alone;
  for (std::size_t t = 0; t < kTasks; ++t) alone.push_back(gradients_of(c, t));
  const std::size_t layers = bench.plan->trunk_layers.size();
  ASSERT_EQ(seen.layers.size(), layers * kTasks * kTasks);
  for (std::size_t l = 0; l < layers; ++l) {
    for (std::size_t s = 0; s < kTasks; ++s) {
      for (std::size_t t = 0; t < kTasks; ++t) {
        const auto inner = [&](std::size_t i, std::size_t j) {
          return product(alone[i][2 * l], alone[j][2 * l]) +
                 product(alone[i][2 * l + 1], alone[j][2 * l + 1]);
        };
        const double scale = std::sqrt(inner(s, s) * inner(t, t));
        ASSERT_GT(scale, 0.0);
        EXPECT_NEAR(seen.layers[(l * kTasks + s) * kTasks + t], inner(s, t),
                    kRounding * scale)
            << bench.plan->trunk_layers[l].name << ' ' << s << ' ' << t;
      }
    }
  }
}

TEST_P(TrunkOfTasks, TheGramianIsTheSumOverTheLayers) {
  const Case& c = GetParam();
  NetworkBench bench(c.network, plan_of(c, TaskGradients::trunk));
  const Seen seen = weighted_step(bench, c.images, {1.0, 1.0, 1.0});
  ASSERT_EQ(seen.gramian.size(), kTasks * kTasks);
  for (std::size_t i = 0; i < seen.gramian.size(); ++i) {
    double sum = 0.0;
    for (std::size_t at = i; at < seen.layers.size(); at += kTasks * kTasks) {
      sum += seen.layers[at];
    }
    EXPECT_DOUBLE_EQ(seen.gramian[i], sum);
  }
}

TEST_P(TrunkOfTasks, OneTaskOfWeightOneLeavesItsOwnGradientExactly) {
  const Case& c = GetParam();
  for (std::size_t t = 0; t < kTasks; ++t) {
    NetworkBench bench(c.network, plan_of(c, TaskGradients::trunk));
    std::vector<double> weights(kTasks, 0.0);
    weights[t] = 1.0;
    weighted_step(bench, c.images, weights);
    const auto alone = gradients_of(c, t);
    const std::size_t trunk = 2 * bench.plan->trunk_layers.size();
    for (std::size_t p = 0; p < trunk; ++p) {
      EXPECT_EQ(bench.gradient(p), alone[p]) << p;
    }
  }
}

TEST_P(TrunkOfTasks, TheTrunkGetsTheWeightedSumAndHeadsKeepTheirOwn) {
  const Case& c = GetParam();
  const std::vector<double> weights{0.3, 1.7, -0.5};
  NetworkBench bench(c.network, plan_of(c, TaskGradients::trunk));
  weighted_step(bench, c.images, weights);
  std::vector<std::vector<std::vector<float>>> alone;
  for (std::size_t t = 0; t < kTasks; ++t) alone.push_back(gradients_of(c, t));
  const std::size_t trunk = 2 * bench.plan->trunk_layers.size();
  const std::size_t all = bench.gradients.layout().size();
  for (std::size_t p = 0; p < all; ++p) {
    const std::vector<float> got = bench.gradient(p);
    for (std::size_t i = 0; i < got.size(); ++i) {
      double expected = 0.0;
      double size = 0.0;
      for (std::size_t t = 0; t < kTasks; ++t) {
        const double weight = p < trunk ? weights[t] : 1.0;
        expected += weight * alone[t][p][i];
        size += std::abs(weight * alone[t][p][i]);
      }
      ASSERT_NEAR(got[i], expected, 1e-5 + 1e-4 * size) << p << ' ' << i;
    }
  }
}

TEST_P(TrunkOfTasks, AnyNumberOfWorkersGivesTheSameBits) {
  const Case& c = GetParam();
  NetworkBench alone(c.network, plan_of(c, TaskGradients::trunk));
  const Seen expected = weighted_step(alone, c.images, {0.3, 1.7, 1.0});
  for (const int workers : {2, 4}) {
    NetworkBench shared(c.network, plan_of(c, TaskGradients::trunk, workers));
    const Seen seen = weighted_step(shared, c.images, {0.3, 1.7, 1.0});
    EXPECT_EQ(seen.gramian, expected.gramian);
    EXPECT_EQ(seen.layers, expected.layers);
    EXPECT_EQ(shared.all_gradients(), alone.all_gradients());
  }
}

// What recording alone relies on.
TEST_P(TrunkOfTasks, APlainBackwardBehindItHasThePlainBits) {
  const Case& c = GetParam();
  NetworkBench plain(c.network, plan_of(c, TaskGradients::together));
  forward(plain, c.images, {1.0f, 1.0f, 1.0f});
  plain.network.backward(plain.gradients);
  NetworkBench bench(c.network, plan_of(c, TaskGradients::trunk));
  weighted_step(bench, c.images, {0.3, 1.7, 1.0});
  bench.network.backward(bench.gradients);
  EXPECT_EQ(bench.all_gradients(), plain.all_gradients());
}

INSTANTIATE_TEST_SUITE_P(Networks, TrunkOfTasks, testing::ValuesIn(cases()),
                         [](const auto& one) { return one.param.name; });

TEST(TrunkLayers, AreThoseWithParametersByTheirNames) {
  const NetworkPlan plan(test::pooled_blocks(),
                         three_tasks(TaskGradients::trunk));
  std::vector<std::string> names;
  for (const TrunkLayer& layer : plan.trunk_layers) names.push_back(layer.name);
  EXPECT_EQ(names, (std::vector<std::string>{"conv2d_1", "conv2d_2", "conv2d_3",
                                             "dense_1"}));
}

TEST(TrunkLayers, AreNoneUnlessAskedFor) {
  for (const auto kept : {TaskGradients::together, TaskGradients::features}) {
    const NetworkPlan plan(test::pooled_blocks(), three_tasks(kept));
    EXPECT_TRUE(plan.trunk_layers.empty());
    EXPECT_TRUE(plan.task_trunks.empty());
  }
}

// A dense kernel is not kept once a task, however large it is.
TEST(TrunkLayers, KeepOfADenseLayerWhatItsResultHas) {
  const NetworkPlan plan({.trunk = {Flatten{}, Dense{.units = 6}}},
                         three_tasks(TaskGradients::trunk));
  ASSERT_EQ(plan.task_trunks.size(), kTasks);
  EXPECT_EQ(plan.task_trunks[0].count,
            WorkspacePlan::aligned(std::size_t{kBatch} * 6));
}

// Of a dense layer the gradient of what it reads alone is a task's own.
TEST(TrunkLayers, AreDescribedWithTheWorkOfAllPasses) {
  const NetworkPlan once(test::pooled_blocks(),
                         three_tasks(TaskGradients::together));
  const NetworkPlan apart(test::pooled_blocks(),
                          three_tasks(TaskGradients::trunk));
  for (std::size_t i = 0; i < once.layers().size(); ++i) {
    const LayerDescription one = once.layers()[i];
    const LayerDescription all = apart.layers()[i];
    double factor = one.name.starts_with("conv2d") ? 3.0 : 1.0;
    if (one.name == "dense_1") factor = 2.0;
    EXPECT_EQ(all.backward_flops, factor * one.backward_flops) << one.name;
    if (one.forward_runs == 2) {
      EXPECT_EQ(all.forward_runs, 4);
    }
  }
}

TEST(TrunkLayers, ATrunkWithoutParametersIsRefused) {
  test::expect_error(
      Fault::config,
      "network.trunk: for the tasks' gradients of the trunk, expected a layer "
      "with parameters, got none; take those of the shared features",
      [] {
        const NetworkPlan plan({.trunk = {Flatten{}}},
                               three_tasks(TaskGradients::trunk));
      });
}

}  // namespace
}  // namespace polytask
