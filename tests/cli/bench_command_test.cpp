#include <gtest/gtest.h>

#include <thread>

#include "polytask/data/array_dataset.h"
#include "polytask/layers/pooled_convolution_layer.h"
#include "tests/cli/command_line.h"
#include "tests/support/child_process.h"
#include "tests/support/places.h"

namespace polytask {
namespace {

using nlohmann::json;
using test::Answer;
using test::small_scenes;

class BenchCommand : public test::CommandLine {
 protected:
  static Answer bench(const std::vector<std::string>& more) {
    std::vector<std::string> arguments{"bench", "recipe.yaml", "--steps=3"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return test::polytask(arguments);
  }
  static json document(std::vector<std::string> more) {
    more.emplace_back("--json");
    const Answer answer = bench(more);
    EXPECT_EQ(answer.code, cli::kOk) << answer.err;
    return json::parse(answer.out);
  }
};

const json& pass_of(const json& found, const std::string& layer,
                    const std::string& pass) {
  static const json none;
  for (const json& one : found["layers"]) {
    if (one["layer"] == layer && one["pass"] == pass) return one;
  }
  ADD_FAILURE() << "no " << pass << " of " << layer << " in " << found;
  return none;
}

TEST_F(BenchCommand, SaysWhatWasMeasured) {
  const json found = document({});
  EXPECT_EQ(found["recipe"], "recipe.yaml");
  EXPECT_EQ(found["data"], "scenes.h5");
  EXPECT_EQ(found["random_pixels"], false);
  EXPECT_EQ(found["image"], (json{16, 16, 3}));
  EXPECT_EQ(found["batch"], 12);
  EXPECT_EQ(found["threads"], 2);
  EXPECT_EQ(found["step"]["all_ms"].size(), 3u);
  for (const char* name : {"processor", "vector_extensions"}) {
    EXPECT_FALSE(found[name].get<std::string>().empty()) << name;
  }
  for (const char* name :
       {"peak_low_gflops", "images_per_second", "peak_memory_bytes"}) {
    EXPECT_GT(found[name].get<double>(), 0.0) << name;
  }
}

TEST_F(BenchCommand, ThePeakIsTheBestOfItsMeasurements) {
  const json found = document({});
  EXPECT_GE(found["peak_high_gflops"], found["peak_low_gflops"]);
  EXPECT_GE(found["peak_gflops"], found["peak_high_gflops"]);
}

// 12 images of [14, 14, 4] with 27 products each; no one needs the gradient of
// the pixels.
TEST_F(BenchCommand, CountsTheWorkOfEachPass) {
  const json found = document({});
  const double gflop = 12 * 2.0 * 14 * 14 * 4 * 27 / 1e9;
  for (const char* pass : {"forward", "backward"}) {
    const json& one = pass_of(found, "conv2d_1", pass);
    EXPECT_DOUBLE_EQ(one["nominal_gflop"], gflop) << pass;
    EXPECT_DOUBLE_EQ(one["executed_gflop"], gflop) << pass;
    EXPECT_GT(one["ms"], 0.0);
    EXPECT_GT(one["share_of_peak"], 0.0);
    EXPECT_FALSE(one.contains("gradient_density"));
  }
}

// famo sees the batch once more after the step: 12 images of [14, 14, 4].
TEST_F(BenchCommand, CountsTheSecondLookOfAWeighting) {
  const json found =
      document({"--input=16x16x3", "train.weighting.kind=famo",
                "tasks={scene: {labels: [desert, mountains]}, "
                "coast: {kind: multilabel, labels: [sea, sunset]}}"});
  const double gflop = 12 * 2.0 * 14 * 14 * 4 * 27 / 1e9;
  const json& forward = pass_of(found, "conv2d_1", "forward");
  EXPECT_DOUBLE_EQ(forward["nominal_gflop"], 2 * gflop);
  EXPECT_DOUBLE_EQ(forward["executed_gflop"], 2 * gflop);
  EXPECT_DOUBLE_EQ(pass_of(found, "conv2d_1", "backward")["nominal_gflop"],
                   gflop);
}

// No label is known: without a weight nothing is learned, however fast.
TEST_F(BenchCommand, MissingLabelsCountAsTheyDoInATraining) {
  const DatasetPtr scenes = small_scenes(36);
  ArrayContent content{
      .spec = scenes->spec(),
      .size = scenes->size(),
      .images = allocate_images(36 * scenes->spec().bytes_per_image()),
      .targets = std::vector<float>(36 * 5, -1.0f),
      .source = "unknown",
      .names = {}};
  write_hdf5(ArrayDataset(std::move(content)), "unknown.h5");
  const std::vector<std::string> arguments{"data.path=unknown.h5",
                                           "data.minus_one=missing",
                                           "train.adam.learning_rate=1e30"};
  EXPECT_EQ(bench(arguments).code, cli::kOk);
  std::vector<std::string> weighted = arguments;
  weighted.emplace_back("train.missing_label_weight=1");
  EXPECT_EQ(bench(weighted).code, cli::kDiverged);
}

TEST_F(BenchCommand, TheTimesAddUp) {
  const json found = document({});
  double ms = found["elsewhere_ms"];
  double share = ms;
  for (const json& one : found["layers"]) ms += one["ms"].get<double>();
  double steps = 0.0;
  for (const json& one : found["step"]["all_ms"]) steps += one.get<double>();
  EXPECT_NEAR(ms, 2 * steps / 3, 1e-9 * ms);
  share /= ms;
  for (const json& one : found["layers"]) share += one["share"].get<double>();
  EXPECT_NEAR(share, 1.0, 1e-9);
}

// A pool of 2 x 2 leaves a quarter at most, of which the windows of zeros pass
// nothing back.
TEST_F(BenchCommand, MeasuresTheDensityBelowAPool) {
  const json found = document({});
  const json& pool = pass_of(found, "max_pooling2d_1", "backward");
  const double alive = pool["alive_windows"];
  EXPECT_GT(alive, 0.0);
  EXPECT_LE(alive, 1.0);
  EXPECT_DOUBLE_EQ(pool["gradient_density"], alive / 4.0);
}

TEST_F(BenchCommand, WhatIsSkippedIsNotExecuted) {
  if (!PooledConvolutionLayer::pays(8, 3, 1, 2)) GTEST_SKIP() << "no AVX2";
  const json found = document(
      {"network.trunk=[conv2d: {filters: 8, activation: relu}, conv2d: "
       "{filters: 8, activation: relu}, max_pooling2d, flatten]"});
  const json& pooled = pass_of(found, "conv2d_2 + max_pooling2d_1", "backward");
  const double nominal = 12 * 2 * 2.0 * 12 * 12 * 8 * 72 / 1e9;
  EXPECT_DOUBLE_EQ(pooled["nominal_gflop"], nominal);
  EXPECT_DOUBLE_EQ(pooled["executed_gflop"],
                   nominal * pooled["gradient_density"].get<double>());
  EXPECT_LT(found["step"]["executed_gflop"], found["step"]["nominal_gflop"]);
}

TEST_F(BenchCommand, InputStandsForDataAndIsSaidToBeRandom) {
  const Answer answer =
      bench({"--input=20x18x1", "data.path=nowhere.h5", "--json"});
  EXPECT_EQ(answer.code, cli::kOk) << answer.err;
  EXPECT_EQ(answer.err,
            "Training on random pixels, which say nothing of density: 3 steps "
            "to warm up, then 3 that are measured.\n");
  const json found = json::parse(answer.out);
  EXPECT_EQ(found["data"], "random pixels");
  EXPECT_EQ(found["random_pixels"], true);
  EXPECT_EQ(found["image"], (json{20, 18, 1}));
}

TEST_F(BenchCommand, TextHasTheLayersAndTheStep) {
  const Answer answer = bench({});
  EXPECT_EQ(answer.code, cli::kOk);
  EXPECT_EQ(answer.err,
            "Training on scenes.h5: 3 steps to warm up, then 3 that are "
            "measured.\n");
  for (const char* part :
       {", 2 threads\nscenes.h5, images [16, 16, 3], 12 a batch\n",
        "\ninput            forward ", "\nconv2d_1         backward ",
        "\nelsewhere ", "\nwhole step ", " GFLOP/s in fp32",
        " ms, median of 3; ", " images/s\n", " MB at most"}) {
    EXPECT_NE(answer.out.find(part), std::string::npos) << part << answer.out;
  }
}

TEST_F(BenchCommand, LeavesNothingBehind) {
  const std::vector<std::string> before = folder_.names();
  EXPECT_EQ(bench({}).code, cli::kOk);
  EXPECT_EQ(folder_.names(), before);
}

TEST_F(BenchCommand, WhatCannotBeMeasuredIsRefused) {
  expect_refusal(cli::kUsage,
                 "polytask: bench: expected a recipe, e.g. polytask bench "
                 "recipes/blog.yaml data.path=scenes.h5\n",
                 {"bench"});
  expect_refusal(cli::kUsage,
                 "polytask: bench: --steps: expected 1 to 1000000, got 0\n",
                 {"bench", "recipe.yaml", "--steps=0"});
  expect_refusal(cli::kIo,
                 "polytask: bench: nowhere.h5: there is no such data; correct "
                 "data.path, or say the size of the images: --input "
                 "100x100x3\n",
                 {"bench", "recipe.yaml", "data.path=nowhere.h5"});
}

TEST_F(BenchCommand, ABatchLargerThanTheDataIsAllOfIt) {
  const Answer answer = bench({"train.batch_size=100"});
  EXPECT_EQ(answer.code, cli::kOk);
  EXPECT_TRUE(answer.err.starts_with(
      "note: train.batch_size: 100 is more than the training images there are; "
      "it is 36 now\n"))
      << answer.err;
}

TEST_F(BenchCommand, ATrainingThatDivergesSaysSo) {
  const Answer answer = bench({"train.adam.learning_rate=1e30"});
  EXPECT_EQ(answer.code, cli::kDiverged);
  EXPECT_EQ(answer.out, "");
  EXPECT_NE(answer.err.find("\npolytask: the training diverged: "),
            std::string::npos)
      << answer.err;
}

TEST_F(BenchCommand, CtrlCEndsItWithoutAResult) {
  test::ChildProcess child(
      {test::polytask_program(), "bench", "recipe.yaml", "--steps=1000000"},
      "out.txt", "err.txt");
  while (child.is_running() && (!std::filesystem::exists("err.txt") ||
                                test::read_bytes("err.txt").find(
                                    "measured.\n") == std::string::npos)) {
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  child.send(SIGINT);
  EXPECT_EQ(child.wait(), cli::kInterrupted);
  EXPECT_EQ(test::read_bytes("out.txt"), "");
  EXPECT_TRUE(test::read_bytes("err.txt").ends_with(
      "\npolytask: stopped before the last step; nothing is reported\n"));
}

}  // namespace
}  // namespace polytask
