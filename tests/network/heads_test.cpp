// Heads with layers of their own, and tasks whose gradients are weighted.

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "polytask/base/text.h"
#include "tests/network/network_bench.h"
#include "tests/support/expect_error.h"

namespace polytask {
namespace {

using test::NetworkBench;

NetworkOptions trunk() {
  return {.trunk = {Conv2D{.filters = 9, .activation = Activation::relu},
                    MaxPooling2D{}, Flatten{},
                    Dense{.units = 6, .activation = Activation::relu}}};
}

PlanOptions two_tasks(bool separate, int workers = 1) {
  PlanOptions options = test::two_heads(5, workers);
  if (separate) options.task_gradients = TaskGradients::features;
  return options;
}

// What a trunk's layers give they give as a head's, too: one task, the same
// layers on the other side of the line.
TEST(Heads, LayersOfAHeadAreThoseOfATrunk) {
  const std::vector<LayerOptions> own{
      Dense{.units = 6, .activation = Activation::relu}, Dropout{.rate = 0.3},
      Dense{.units = 4}};
  PlanOptions options{.input = {8, 8, 2}, .outputs = {{"task", 3}}, .batch = 5};
  NetworkOptions together{.trunk = {Flatten{}}};
  together.trunk.insert(together.trunk.end(), own.begin(), own.end());
  NetworkBench in_trunk(together, options);
  options.outputs[0].layers = own;
  NetworkBench in_head({.trunk = {Flatten{}}}, options);
  for (const int images : {5, 3}) {
    in_trunk.step(images);
    in_head.step(images);
    EXPECT_EQ(in_head.all_logits(), in_trunk.all_logits());
    EXPECT_EQ(in_head.all_gradients(), in_trunk.all_gradients());
  }
}

TEST(Heads, ParametersOfAHeadCarryItsName) {
  PlanOptions options = two_tasks(false);
  options.outputs[1].layers = {Dense{.units = 4}, Dropout{}};
  const NetworkPlan plan(trunk(), options);
  std::vector<std::string> names;
  for (const ParameterSpec& p : plan.parameters().specs()) {
    names.push_back(p.name);
  }
  EXPECT_EQ(names, (std::vector<std::string>{
                       "conv2d_1/kernel", "conv2d_1/bias", "dense_1/kernel",
                       "dense_1/bias", "scene/kernel", "scene/bias",
                       "weather/dense_1/kernel", "weather/dense_1/bias",
                       "weather/kernel", "weather/bias"}));
}

TEST(Heads, OtherLayersInAHeadAreRefused) {
  PlanOptions options = two_tasks(false);
  options.outputs[1].layers = {Conv2D{.filters = 3}};
  test::expect_error(
      Fault::config,
      "tasks.weather.head: expected dense layers, and dropouts behind them, "
      "got conv2d; for layers of images, end the trunk before its flatten",
      [&] { const NetworkPlan plan(trunk(), options); });
}

// The layers of `network` with those from `at` on in the head.
struct Cut {
  NetworkOptions trunk;
  std::vector<LayerOptions> head;
};
Cut cut(const NetworkOptions& network, std::size_t at) {
  const auto middle = network.trunk.begin() + static_cast<std::ptrdiff_t>(at);
  return {.trunk = {.trunk = {network.trunk.begin(), middle}},
          .head = {middle, network.trunk.end()}};
}

bool is_flat_from(const NetworkOptions& network, std::size_t at) {
  return std::ranges::any_of(
      network.trunk.begin(),
      network.trunk.begin() + static_cast<std::ptrdiff_t>(at),
      [](const LayerOptions& l) { return std::holds_alternative<Flatten>(l); });
}

class CutNetwork : public testing::TestWithParam<int> {};

// One task, the line between trunk and head drawn before every layer that sees
// an image, the very first included. Between a convolution and its pool another
// kernel computes them, and elsewhere the images may go in other micro_batches.
// Every row of 14 is read: of what is not computed dropout draws no numbers.
TEST_P(CutNetwork, GiveWhatATrunkOfTheSameLayersGives) {
  const int batch = GetParam();
  for (const NetworkOptions& network : test::every_way()) {
    PlanOptions options{
        .input = {14, 14, 2}, .outputs = {{"task", 3}}, .batch = batch};
    NetworkBench whole(network, options);
    for (std::size_t at = 0; !is_flat_from(network, at); ++at) {
      SCOPED_TRACE(cat(network.trunk.size(), " layers, cut before ", at));
      const Cut parts = cut(network, at);
      options.outputs[0].layers = parts.head;
      NetworkBench apart(parts.trunk, options);
      for (const int images : {batch, (batch + 1) / 2}) {
        whole.step(images);
        apart.step(images);
        const auto near = [](const std::vector<float>& found,
                             const std::vector<float>& expected) {
          ASSERT_EQ(found.size(), expected.size());
          for (std::size_t i = 0; i < found.size(); ++i) {
            ASSERT_NEAR(found[i], expected[i],
                        2e-5f + 2e-5f * std::abs(expected[i]))
                << i;
          }
        };
        near(apart.all_logits(), whole.all_logits());
        near(apart.all_gradients(), whole.all_gradients());
      }
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Batches, CutNetwork, testing::Values(1, 5, 12));

NetworkOptions trunk_of_images() {
  return {.trunk = {Conv2D{.filters = 9, .activation = Activation::relu},
                    MaxPooling2D{}}};
}

PlanOptions two_branches(int batch, int workers = 1) {
  PlanOptions options = test::two_heads(batch, workers);
  options.input = {12, 12, 2};
  options.outputs[0].layers = {
      Conv2D{.filters = 16, .activation = Activation::relu}, Dropout{},
      Flatten{}, Dense{.units = 4}};
  options.outputs[1].layers = {Conv2D{.filters = 8, .padding = Padding::same},
                               MaxPooling2D{}, Flatten{}};
  return options;
}

TEST(HeadsOfImages, TheirParametersComeBehindTheTrunks) {
  const NetworkPlan plan(trunk_of_images(), two_branches(5));
  std::vector<std::string> names;
  for (const ParameterSpec& p : plan.parameters().specs()) {
    names.push_back(p.name);
  }
  EXPECT_EQ(
      names,
      (std::vector<std::string>{
          "conv2d_1/kernel", "conv2d_1/bias", "scene/conv2d_1/kernel",
          "scene/conv2d_1/bias", "weather/conv2d_1/kernel",
          "weather/conv2d_1/bias", "scene/dense_1/kernel", "scene/dense_1/bias",
          "scene/kernel", "scene/bias", "weather/kernel", "weather/bias"}));
}

TEST(HeadsOfImages, AnyNumberOfWorkersGivesTheSameBits) {
  for (const int batch : {1, 7, 20}) {
    NetworkBench alone(trunk_of_images(), two_branches(batch));
    alone.step(batch);
    for (const int workers : {2, 4}) {
      NetworkBench shared(trunk_of_images(), two_branches(batch, workers));
      shared.step(batch);
      EXPECT_EQ(shared.all_logits(), alone.all_logits());
      EXPECT_EQ(shared.all_gradients(), alone.all_gradients());
    }
  }
}

// What is left of a larger batch must not show in a smaller one.
TEST(HeadsOfImages, APartOfABatchIsAsGoodAsAWholeOne) {
  NetworkBench large(trunk_of_images(), two_branches(9));
  NetworkBench small(trunk_of_images(), two_branches(4));
  large.step(9);
  large.step(4);
  small.step(4);
  for (std::size_t p = 0; p < small.parameters.layout().size(); ++p) {
    const std::vector<float> found = large.gradient(p);
    const std::vector<float> expected = small.gradient(p);
    for (std::size_t i = 0; i < found.size(); ++i) {
      ASSERT_NEAR(found[i], expected[i], 1e-5f + 1e-5f * std::abs(expected[i]));
    }
  }
}

TEST(HeadsOfImages, WithoutFlattenTheyAreRefused) {
  PlanOptions options = two_branches(5);
  options.outputs[1].layers = {Conv2D{.filters = 3}};
  test::expect_error(
      Fault::shape,
      "weather: expected a vector of features, got [3, 3, 3]; put a flatten "
      "layer before it",
      [&] { const NetworkPlan plan(trunk_of_images(), options); });
}

// What a frozen trunk rests on: behind its features alone a head computes what
// it computes behind the trunk.
TEST(Heads, BehindTheFeaturesAloneTheyHaveTheSameGradients) {
  NetworkBench whole(trunk(), two_tasks(false));
  whole.step(5);
  const auto seen = whole.network.shared_features();
  ASSERT_EQ(seen.size(), 5u * 6u);
  const std::vector<float> features(seen.begin(), seen.end());
  PlanOptions alone = two_tasks(false);
  alone.input = {1, 1, 6};
  NetworkBench heads({.trunk = {Flatten{}}}, alone);
  for (std::size_t p = 0; p < 4; ++p) {
    std::ranges::copy(whole.parameters[4 + p], heads.parameters[p].begin());
  }
  heads.network.prepare(heads.parameters);
  heads.network.forward_training(
      {.images = 5,
       .pixels = reinterpret_cast<const std::byte*>(features.data()),
       .type = PixelType::float32,
       .scale = 1.0f},
      heads.key(5));
  for (std::size_t h = 0; h < 2; ++h) {
    std::size_t i = 0;
    for (float& d : heads.network.diff_logits(h)) {
      d = NetworkBench::cotangent(i++);
    }
  }
  heads.network.backward(heads.gradients);
  EXPECT_EQ(heads.all_logits(), whole.all_logits());
  for (std::size_t p = 0; p < 4; ++p) {
    EXPECT_EQ(heads.gradient(p), whole.gradient(4 + p)) << p;
  }
}

// Runs a step with these weights of the tasks' gradients; fills `gramian`.
void weighted_step(NetworkBench& bench, std::vector<double> weights,
                   std::vector<double>& gramian, float scale_of_first = 1.0f) {
  bench.network.prepare(bench.parameters);
  bench.network.forward_training(bench.batch(5), bench.key(5));
  for (std::size_t h = 0; h < 2; ++h) {
    std::size_t i = 0;
    for (float& d : bench.network.diff_logits(h)) {
      d = NetworkBench::cotangent(i++) * (h == 0 ? scale_of_first : 1.0f);
    }
  }
  bench.network.backward(
      [&](std::span<const double> products, std::span<double> chosen) {
        gramian.assign(products.begin(), products.end());
        std::ranges::copy(weights, chosen.begin());
      });
  bench.network.for_each_gradient([&](std::size_t parameter, std::size_t first,
                                      std::span<const float> gradient) {
    std::ranges::copy(gradient,
                      bench.gradients[parameter].subspan(first).begin());
  });
}

TEST(TaskWeigher, WeightsOfOneGiveThePlainGradient) {
  NetworkBench plain(trunk(), two_tasks(false));
  plain.step(5);
  NetworkBench weighted(trunk(), two_tasks(true));
  std::vector<double> gramian;
  weighted_step(weighted, {1.0, 1.0}, gramian);
  EXPECT_EQ(weighted.all_gradients(), plain.all_gradients());
}

TEST(TaskWeigher, TheTrunkGetsTheWeightedSumAndHeadsKeepTheirOwn) {
  NetworkBench plain(trunk(), two_tasks(true));
  NetworkBench first(trunk(), two_tasks(true));
  NetworkBench mixed(trunk(), two_tasks(true));
  std::vector<double> gramian;
  weighted_step(plain, {1.0, 1.0}, gramian);
  weighted_step(first, {1.0, 0.0}, gramian);
  weighted_step(mixed, {1.0, 3.0}, gramian);
  for (std::size_t p = 0; p < 4; ++p) {  // of the trunk
    const auto all = plain.gradient(p);
    const auto one = first.gradient(p);
    const auto got = mixed.gradient(p);
    for (std::size_t i = 0; i < got.size(); ++i) {
      const float expected = one[i] + 3.0f * (all[i] - one[i]);
      ASSERT_NEAR(got[i], expected, 1e-5f + 1e-5f * std::abs(expected));
    }
  }
  for (std::size_t p = 4; p < 8; ++p) {
    EXPECT_EQ(mixed.gradient(p), plain.gradient(p));
  }
}

TEST(TaskWeigher, TheGramianHoldsInnerProducts) {
  NetworkBench bench(trunk(), two_tasks(true));
  std::vector<double> one, twice;
  weighted_step(bench, {1.0, 1.0}, one);
  weighted_step(bench, {1.0, 1.0}, twice, 2.0f);
  ASSERT_EQ(one.size(), 4u);
  EXPECT_GT(one[0], 0.0);
  EXPECT_GT(one[3], 0.0);
  EXPECT_NE(one[1], 0.0);
  EXPECT_LE(one[1] * one[1], one[0] * one[3]);
  EXPECT_EQ(one[1], one[2]);
  EXPECT_EQ(twice[0], 4.0 * one[0]);
  EXPECT_EQ(twice[1], 2.0 * one[1]);
  EXPECT_EQ(twice[3], one[3]);
}

// What a larger batch has left behind a smaller one is in no product.
TEST(TaskWeigher, ThePartOfABatchThatIsThereDecides) {
  const auto gramian_after = [](int larger) {
    PlanOptions options = two_branches(9);
    options.task_gradients = TaskGradients::features;
    NetworkBench bench(trunk_of_images(), options);
    std::vector<double> gramian;
    if (larger > 0) bench.step(larger);
    weighted_step(bench, {1.0, 1.0}, gramian);  // of 5 images
    return gramian;
  };
  EXPECT_EQ(gramian_after(9), gramian_after(0));
}

TEST(TaskWeigher, AnyNumberOfWorkersGivesTheSameBits) {
  std::vector<double> alone_gramian, gramian;
  NetworkBench alone(trunk(), two_tasks(true));
  weighted_step(alone, {0.3, 1.7}, alone_gramian);
  for (const int workers : {2, 4}) {
    NetworkBench shared(trunk(), two_tasks(true, workers));
    weighted_step(shared, {0.3, 1.7}, gramian);
    EXPECT_EQ(gramian, alone_gramian);
    EXPECT_EQ(shared.all_gradients(), alone.all_gradients());
  }
}

}  // namespace
}  // namespace polytask
