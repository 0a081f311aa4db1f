#include "polytask/network/network_plan.h"

#include <gtest/gtest.h>

#include "polytask/kernels/sparse_convolution.h"
#include "tests/network/network_bench.h"
#include "tests/support/expect_error.h"

namespace polytask {
namespace {

PlanOptions post_plan() {
  return {.input = {100, 100, 3},
          .outputs = {{"scenes", 5}},
          .batch = 100,
          .workers = 2};
}

void expect_refused(Fault fault, const std::string& message,
                    const std::vector<LayerOptions>& trunk,
                    const PlanOptions& options = test::two_heads(4)) {
  test::expect_error(fault, message, [&] {
    const NetworkPlan plan({.trunk = trunk}, options);
  });
}

// oneDNN falls back to plain loops without a word; "ref" in its names.
void expect_fast(const PlanOptions& options, std::size_t layers) {
  const NetworkPlan plan(test::post_network(true), options);
  const std::vector<std::string> texts = plan.implementations();
  EXPECT_EQ(texts.size(), layers);
  for (const std::string& text : texts) {
    EXPECT_EQ(text.find("ref"), std::string::npos) << text;
    EXPECT_TRUE(text.find("jit") != std::string::npos ||
                text.find("brg") != std::string::npos ||
                text.find("gemm") != std::string::npos ||
                text.find("own") != std::string::npos)
        << text;
  }
}

TEST(NetworkPlan, NoLayerOfThePostFallsToASlowReference) {
  PlanOptions options = post_plan();
  const std::size_t separate = 4 + 2 + 2 + 2;  // and dropout of dense_1 in it
  const std::size_t pooled = 2 + 2 + 2;
  expect_fast(options, kernels::has_vector_fma() ? pooled : separate);
  options.own_kernels = false;
  expect_fast(options, separate);
}

TEST(NetworkPlan, PostHasTheParametersOfThePost) {
  const NetworkPlan plan(test::post_network(true), post_plan());
  EXPECT_EQ(plan.parameters().parameter_count(), 17402917u);
  EXPECT_EQ(plan.features(), 33856u);
}

// 240 million multiplications and additions an image, without the 5 million for
// the last rows and columns, which the second pool leaves over.
TEST(NetworkPlan, PostHasTheWorkOfThePost) {
  const NetworkPlan plan(test::post_network(true), post_plan());
  EXPECT_NEAR(plan.forward_flops(), 2 * 235e6, 1e6);
}

// The peak of a whole training is to stay below 500 MB; parameters and Adam's
// two moments take 209 of them.
// Without our own kernels what a pool reads is kept, too.
TEST(NetworkPlan, PostTrainsInFewMegabytesOfWorkspace) {
  const NetworkPlan plan(test::post_network(true), post_plan());
  const std::size_t megabytes = kernels::has_vector_fma() ? 160 : 170;
  EXPECT_LT(plan.memory().total_bytes(), megabytes << 20);
}

// Three colours make little work for many bytes; later layers are worth their
// memory, and so is what a cache holds.
TEST(NetworkPlan, OnlyACheapFirstLayerIsComputedAgain) {
  const auto recomputes = [](int channels, int filters, int batch = 40) {
    PlanOptions options = test::two_heads(batch);
    options.input = {64, 64, channels};
    const NetworkPlan plan(
        {.trunk = {Conv2D{.filters = filters, .activation = Activation::relu},
                   Conv2D{.filters = 8}, Flatten{}}},
        options);
    return plan.recompute_first;
  };
  EXPECT_TRUE(recomputes(3, 8));
  EXPECT_FALSE(recomputes(16, 8));
  EXPECT_FALSE(recomputes(3, 8, 30));
}

// Two times the weights over the activations of an image.
TEST(NetworkPlan, ImagesGoBackTogetherWhereTheyAreSmallBesideTheWeights) {
  const auto micro_batch = [](int size, int filters, int batch) {
    PlanOptions options = test::two_heads(batch);
    options.input = {size, size, 2};
    return NetworkPlan(
               {.trunk = {Conv2D{.filters = filters, .padding = Padding::same},
                          Flatten{}}},
               options)
        .micro_batch;
  };
  EXPECT_EQ(micro_batch(2, 16, 10), 4) << "the most, of 2 * 288 / 64";
  EXPECT_EQ(micro_batch(2, 16, 3), 3) << "the batch";
  EXPECT_EQ(micro_batch(3, 16, 10), 4);
  EXPECT_EQ(micro_batch(4, 16, 10), 2);
  EXPECT_EQ(micro_batch(8, 16, 10), 1);
  EXPECT_EQ(NetworkPlan(test::grouped_blocks(), test::two_heads(9)).micro_batch,
            4);
  EXPECT_EQ(NetworkPlan(test::post_network(true), post_plan()).micro_batch, 1);
}

// Above 2 MB they are prepared once.
TEST(NetworkPlan, WorkersPrepareFewWeightsForThemselves) {
  const NetworkPlan few(test::grouped_blocks(), test::two_heads(4, 3));
  EXPECT_TRUE(few.own_weights);
  EXPECT_EQ(few.image_steps[0].prepared.count,
            3 * few.image_steps[0].prepared_stride);
  const NetworkPlan many(test::heavy_convolution(), test::two_heads(4, 3));
  EXPECT_FALSE(many.own_weights);
  EXPECT_EQ(many.image_steps[0].prepared_stride, 0u);
  EXPECT_LT(many.image_steps[1].prepared.count * sizeof(float), 6u << 20);
}

TEST(NetworkPlan, InferenceKeepsNothing) {
  PlanOptions options = post_plan();
  const NetworkPlan training(test::post_network(true), options);
  options.training = false;
  const NetworkPlan inference(test::post_network(true), options);
  EXPECT_LT(inference.memory().total_bytes(),
            training.memory().total_bytes() / 4);
  EXPECT_EQ(inference.parameters(), training.parameters());
  for (const std::string& text : inference.implementations()) {
    EXPECT_EQ(text.find("backward"), std::string::npos) << text;
  }
}

TEST(NetworkPlan, ParametersAreNamedAndOrderedAsInKeras) {
  const NetworkPlan plan(test::every_kind_of_layer(), test::two_heads(4));
  EXPECT_EQ(plan.parameters().specs(),
            (std::vector<ParameterSpec>{{"conv2d_1/kernel", {3, 3, 2, 3}},
                                        {"conv2d_1/bias", {3}},
                                        {"conv2d_2/kernel", {3, 3, 3, 4}},
                                        {"conv2d_2/bias", {4}},
                                        {"dense_1/kernel", {36, 7}},
                                        {"dense_1/bias", {7}},
                                        {"scene/kernel", {7, 5}},
                                        {"scene/bias", {5}},
                                        {"weather/kernel", {7, 2}},
                                        {"weather/bias", {2}}}));
}

TEST(NetworkPlan, DescribeHasALineForEachLayer) {
  const std::string text =
      NetworkPlan(test::every_kind_of_layer(), test::two_heads(4)).describe();
  for (const char* line :
       {"conv2d_1  [8, 8, 2] -> [8, 8, 3]  57 parameters  forward ",
        "conv2d_2  [8, 8, 3] -> [6, 6, 4]  112 parameters  forward ",
        "max_pooling2d_1  [6, 6, 4] -> [3, 3, 4]  0 parameters  own\n",
        "dropout_1  [3, 3, 4] -> [3, 3, 4]  0 parameters  own\n",
        "dense_1  [36] -> [7]  259 parameters  forward ",
        "scene  [7] -> [5]  40 parameters  forward ",
        "weather  [7] -> [2]  16 parameters  forward "}) {
    EXPECT_NE(text.find(line), std::string::npos) << line << "in\n" << text;
  }
}

const LayerDescription& layer_of(const std::vector<LayerDescription>& layers,
                                 const std::string& name) {
  static const LayerDescription none;
  const auto found = std::ranges::find(layers, name, &LayerDescription::name);
  EXPECT_NE(found, layers.end()) << name;
  return found == layers.end() ? none : *found;
}

TEST(NetworkPlan, LayersStandInTheOrderOfTheNetwork) {
  std::vector<std::string> names;
  for (const LayerDescription& layer :
       NetworkPlan(test::every_kind_of_layer(), test::two_heads(4)).layers()) {
    names.push_back(layer.name);
  }
  EXPECT_EQ(names,
            (std::vector<std::string>{"input", "conv2d_1", "conv2d_2",
                                      "max_pooling2d_1", "dropout_1", "dense_1",
                                      "dropout_2", "scene", "weather"}));
}

// conv2d_2: [8, 8, 3] -> [6, 6, 4], 3 x 3; dense_1: [36] -> [7].
TEST(NetworkPlan, LayersSayWhatTheyTake) {
  const auto layers =
      NetworkPlan(test::every_kind_of_layer(), test::two_heads(4)).layers();
  const LayerDescription& first = layer_of(layers, "conv2d_1");
  EXPECT_EQ(first.forward_flops, 2.0 * 8 * 8 * 3 * 9 * 2);
  EXPECT_EQ(first.backward_flops, first.forward_flops) << "no diff_src";
  EXPECT_EQ(first.kept_bytes, 4u * 8 * 8 * 3 * 4);
  EXPECT_EQ(first.forward_runs, 1);
  const LayerDescription& second = layer_of(layers, "conv2d_2");
  EXPECT_EQ(second.src, (Shape{8, 8, 3}));
  EXPECT_EQ(second.dst, (Shape{6, 6, 4}));
  EXPECT_EQ(second.parameters, 112u);
  EXPECT_EQ(second.weight_bytes, 448u);
  EXPECT_EQ(second.forward_flops, 2.0 * 6 * 6 * 4 * 9 * 3);
  EXPECT_EQ(second.backward_flops, 2.0 * second.forward_flops);
  EXPECT_FALSE(second.backward_skips_zeros);
  EXPECT_EQ(layer_of(layers, "max_pooling2d_1").kept_bytes, 4u * 36)
      << "its winners";
  EXPECT_EQ(layer_of(layers, "dropout_1").kept_bytes, 4u * (36 * 4 + 5))
      << "the features and a bit each";
  const LayerDescription& dense = layer_of(layers, "dense_1");
  EXPECT_EQ(dense.forward_flops, 2.0 * 36 * 7);
  EXPECT_EQ(dense.backward_flops, 2.0 * dense.forward_flops);
  EXPECT_EQ(dense.kept_bytes, 4u * 7 * 4);
}

TEST(NetworkPlan, WhatIsComputedAgainIsSaidToRunTwice) {
  PlanOptions options = test::two_heads(100);
  options.input = {64, 64, 2};
  const auto layers =
      NetworkPlan(test::every_kind_of_layer(), options).layers();
  const LayerDescription& first = layer_of(layers, "conv2d_1");
  EXPECT_EQ(first.kept_bytes, 0u);
  EXPECT_EQ(first.forward_runs, 2);
}

TEST(NetworkPlan, LayersKeepNothingForInference) {
  PlanOptions options = test::two_heads(4);
  options.training = false;
  for (const LayerDescription& layer :
       NetworkPlan(test::every_kind_of_layer(), options).layers()) {
    EXPECT_EQ(layer.kept_bytes, 0u) << layer.name;
    EXPECT_EQ(layer.backward_flops, 0.0) << layer.name;
  }
}

TEST(NetworkPlan, LayersSayWhoComputesThemAndWhy) {
  const auto reason = [](const NetworkOptions& network, bool own,
                         const std::string& name) {
    PlanOptions options = post_plan();
    options.own_kernels = own;
    return layer_of(NetworkPlan(network, options).layers(), name).reason;
  };
  const NetworkOptions post = test::post_network(false);
  EXPECT_EQ(reason(post, true, "conv2d_1"), "oneDNN: no max pool behind it");
  EXPECT_EQ(reason(post, true, "dense_1"), "oneDNN: a matrix product");
  EXPECT_EQ(reason(post, false, "conv2d_2"),
            "oneDNN: own kernels are switched off");
  EXPECT_EQ(reason(post, false, "max_pooling2d_1"), "own: the only one");
  if (!kernels::has_vector_fma()) GTEST_SKIP() << "no AVX2 here";
  EXPECT_EQ(reason(post, true, "conv2d_2 + max_pooling2d_1"),
            "own: 3 x 3, stride 1, pool 2 x 2");
  const NetworkOptions colours{
      .trunk = {Conv2D{.filters = 8}, MaxPooling2D{}, Flatten{}}};
  EXPECT_EQ(reason(colours, true, "conv2d_1"), "oneDNN: 3 channels only");
}

TEST(NetworkPlan, EmptyNetworksAreRefused) {
  expect_refused(Fault::config,
                 "network.trunk: expected at least one layer, got none", {});
  PlanOptions options = test::two_heads(4);
  options.outputs.clear();
  expect_refused(Fault::config, "tasks: expected at least one task, got none",
                 {Flatten{}}, options);
}

TEST(NetworkPlan, ImpossibleSizesAreRefused) {
  PlanOptions options = test::two_heads(0);
  expect_refused(Fault::config,
                 "network: batch_size: expected 1 to 65536, got 0", {Flatten{}},
                 options);
  options = test::two_heads(4, 0);
  expect_refused(Fault::config, "network: workers: expected >= 1, got 0",
                 {Flatten{}}, options);
  options = test::two_heads(4);
  for (const Shape& input : {Shape{8, 8}, {8, 0, 3}, {-8, 8, 3}, {}}) {
    options.input = input;
    expect_refused(Fault::shape,
                   "network: expected images [height, width, channels], got " +
                       to_text(input),
                   {Flatten{}}, options);
  }
}

TEST(NetworkPlan, LayersInTheWrongOrderSayWhatToDo) {
  const Dense dense{.units = 4};
  expect_refused(Fault::shape,
                 "dense_1: expected a vector of features, got [8, 8, 2]; put a "
                 "flatten layer before it",
                 {dense});
  expect_refused(Fault::shape,
                 "scene: expected a vector of features, got [8, 8, 3]; put a "
                 "flatten layer before it",
                 {Conv2D{.filters = 3, .padding = Padding::same}});
  expect_refused(Fault::shape,
                 "conv2d_1: expected an image [height, width, channels], got "
                 "[128]; convolutions come before flatten and dense",
                 {Flatten{}, Conv2D{.filters = 3}});
  expect_refused(Fault::shape,
                 "max_pooling2d_1: expected an image [height, width, channels],"
                 " got [4]; convolutions and pooling come before dense layers",
                 {Flatten{}, dense, MaxPooling2D{}});
}

TEST(NetworkPlan, TheLayerThatDoesNotFitIsNamed) {
  const Conv2D conv{.filters = 3};
  expect_refused(Fault::shape,
                 "conv2d_3: a kernel of 3 x 3 does not fit into its input "
                 "[2, 2, 3]; use padding: same, a smaller kernel, less pooling "
                 "before, or larger images",
                 {conv, conv, MaxPooling2D{}, conv, Flatten{}});
  expect_refused(Fault::shape,
                 "max_pooling2d_2: a window of 5 x 5 does not fit into its "
                 "input [4, 4, 2]; pool less, or use larger images",
                 {MaxPooling2D{}, MaxPooling2D{.pool_size = 5}, Flatten{}});
}

TEST(NetworkPlan, BadOptionsNameLayerAndKey) {
  expect_refused(Fault::config, "conv2d_1: filters: expected 1 to 4096, got 0",
                 {Conv2D{}, Flatten{}});
  expect_refused(Fault::config, "dense_1: units: expected 1 to 16384, got 0",
                 {Flatten{}, Dense{}});
  expect_refused(Fault::config,
                 "dropout_2: rate: expected 0 <= rate < 1, got 1.5",
                 {Dropout{}, Dropout{.rate = 1.5}, Flatten{}});
  expect_refused(Fault::config,
                 "dropout_1: rate: expected 0 <= rate < 1, got -1",
                 {Flatten{}, Dense{.units = 4}, Dropout{.rate = -1.0}});
}

TEST(NetworkPlan, TaskNamedLikeALayerIsRefused) {
  PlanOptions options = test::two_heads(4);
  options.outputs[1].name = "dense_1";
  expect_refused(Fault::config,
                 "parameter \"dense_1/kernel\" exists twice; give the layers "
                 "different names",
                 {Flatten{}, Dense{.units = 4}}, options);
}

TEST(Network, PoolWithMoreWorkersThanPlannedIsRefused) {
  const auto plan = std::make_shared<NetworkPlan>(test::every_kind_of_layer(),
                                                  test::two_heads(4, 2));
  ThreadPool pool(3);
  test::expect_error(Fault::config,
                     "network: planned for at most 2 workers, got a pool of 3",
                     [&] { const Network network(plan, pool); });
}

}  // namespace
}  // namespace polytask
