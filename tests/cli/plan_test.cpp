// inspect --plan: what a recipe's training runs.

#include <gtest/gtest.h>

#include "apps/cli/recipe_job.h"
#include "polytask/train/training_step.h"
#include "tests/cli/command_line.h"

namespace polytask {
namespace {

using nlohmann::json;
using test::Answer;

class Plan : public test::CommandLine {
 protected:
  static json plan(const std::vector<std::string>& more) {
    std::vector<std::string> arguments{"inspect", "recipe.yaml", "--plan",
                                       "--json"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    const Answer answer = test::polytask(arguments);
    EXPECT_EQ(answer.code, cli::kOk) << answer.err;
    EXPECT_EQ(answer.err, "");
    return json::parse(answer.out);
  }
};

// [16, 16, 3] -> [14, 14, 4] -> [7, 7, 4] -> 8 -> 5.
TEST_F(Plan, HasEveryLayer) {
  const json found = plan({});
  EXPECT_EQ(found["kind"], "plan");
  EXPECT_EQ(found["image"], (json{16, 16, 3}));
  EXPECT_EQ(found["batch"], 12);
  EXPECT_EQ(found["threads"], 2);
  EXPECT_EQ(found["shards"], 8);
  EXPECT_EQ(found["group"], 1);
  EXPECT_EQ(found["parameters"], 112 + 197 * 8 + 9 * 5);
  const json& layers = found["layers"];
  ASSERT_EQ(layers.size(), 6u);
  EXPECT_EQ(layers[0]["layer"], "input");
  const json& conv = layers[1];
  EXPECT_EQ(conv["layer"], "conv2d_1");
  EXPECT_EQ(conv["src"], (json{16, 16, 3}));
  EXPECT_EQ(conv["dst"], (json{14, 14, 4}));
  EXPECT_EQ(conv["reason"], "oneDNN: 3 channels only");
  EXPECT_EQ(conv["parameters"], 112);
  EXPECT_EQ(conv["weight_bytes"], 448);
  EXPECT_EQ(conv["forward_flops"], 2.0 * 14 * 14 * 4 * 27);
  EXPECT_NE(conv["implementation"].get<std::string>().find("forward "),
            std::string::npos);
}

TEST_F(Plan, TheMemoryAddsUp) {
  const json memory = plan({})["memory"];
  std::size_t reserved = 0;
  for (const json& one : memory["workspace"]) {
    EXPECT_FALSE(one["owner"].get<std::string>().empty());
    reserved += one["bytes"].get<std::size_t>();
  }
  const auto bytes = [&](const char* name) {
    return memory[name].get<std::size_t>();
  };
  EXPECT_GE(bytes("workspace_bytes"), reserved) << "aligned";
  // 108 + 4, 196 * 8 + 8 and 8 * 5 + 5 numbers in arrays of whole cache lines.
  EXPECT_EQ(bytes("parameter_bytes"), 4u * (112 + 16 + 196 * 8 + 16 + 48 + 16));
  EXPECT_EQ(bytes("moment_bytes"), 2 * bytes("parameter_bytes"));
  EXPECT_EQ(bytes("total_bytes"), bytes("workspace_bytes") +
                                      bytes("parameter_bytes") +
                                      bytes("moment_bytes"));
}

// Weighting needs two.
constexpr const char* kTwoTasks =
    "tasks={scene: {labels: [desert, mountains]}, "
    "coast: {kind: multilabel, labels: [sea, sunset]}}";

TEST_F(Plan, IsThatOfATrainingWhichWeighsTheTrunksGradients) {
  const std::string weighting =
      "train.weighting={kind: pcgrad, gradients: trunk}";
  std::vector<std::string> owners;
  const json found = plan({"--input=16x16x3", kTwoTasks, weighting});
  for (const json& one : found["memory"]["workspace"]) {
    const std::string owner = one["owner"];
    if (owner.starts_with("trunk's")) owners.push_back(owner);
  }
  EXPECT_EQ(owners, (std::vector<std::string>{"trunk's gradients of scene",
                                              "trunk's gradients of coast"}));
  const cli::RecipeJob job = cli::load_job({.verb = "inspect",
                                            .recipe = "recipe.yaml",
                                            .overrides = {kTwoTasks, weighting},
                                            .input = "16x16x3"});
  Model model = make_model(job.model, 1);
  const DatasetPtr data = cli::random_images(job.model, 12);
  ThreadPool pool(2);
  const TrainOptions& train = job.recipe.train;
  const TrainingStep step(model, *data, train, pool);
  EXPECT_EQ(found["memory"]["total_bytes"],
            memory_of(step.plan(), train.adam).total());
  EXPECT_LT(plan({"--input=16x16x3", kTwoTasks})["memory"]["total_bytes"],
            found["memory"]["total_bytes"]);
}

TEST_F(Plan, TheAverageOfTheWeightsIsMemoryToo) {
  const json without = plan({})["memory"];
  const json memory = plan({"train.adam.ema_momentum=0.9"})["memory"];
  EXPECT_EQ(without["average_bytes"], 0);
  EXPECT_EQ(memory["average_bytes"], memory["parameter_bytes"]);
  EXPECT_EQ(memory["total_bytes"].get<std::size_t>(),
            without["total_bytes"].get<std::size_t>() +
                memory["average_bytes"].get<std::size_t>());
  const Answer answer = test::polytask(
      {"inspect", "recipe.yaml", "--plan", "train.adam.ema_momentum=0.9"});
  EXPECT_NE(answer.out.find("  average of the weights\n"), std::string::npos)
      << answer.out;
}

// 149 thousand weights beside some 20 thousand activations of an image.
TEST_F(Plan, SaysWhetherImagesGoBackInGroups) {
  const std::string trunk =
      "network.trunk=[conv2d: {filters: 64, padding: same}, max_pooling2d: "
      "{pool_size: 4}, conv2d: {filters: 256, padding: same}, flatten]";
  const json found = plan({trunk});
  EXPECT_EQ(found["group"], 4);
  EXPECT_EQ(found["shards"], 3);
}

TEST_F(Plan, TextNamesLayersReasonsAndMemory) {
  const Answer answer = test::polytask({"inspect", "recipe.yaml", "--plan"});
  EXPECT_EQ(answer.code, cli::kOk) << answer.err;
  for (const char* part :
       {"images [16, 16, 3], 12 a batch, 2 threads, 8 shards\n", "\nconv2d_1 ",
        "[14, 14, 4] -> [7, 7, 4]", "\n    oneDNN: 3 channels only\n",
        "\n    oneDNN: a matrix product\n", "  workspace, all of the above\n",
        "  moments of Adam\n", "  total\n"}) {
    EXPECT_NE(answer.out.find(part), std::string::npos) << part << answer.out;
  }
}

TEST_F(Plan, TakesOverrides) {
  EXPECT_EQ(plan({"train.batch_size=3", "train.threads=1"})["batch"], 3);
}

TEST_F(Plan, InputStandsForData) {
  const json found = plan({"data.path=nowhere.h5", "--input", "40x24x1"});
  EXPECT_EQ(found["image"], (json{40, 24, 1}));
}

TEST_F(Plan, WithoutDataItSaysWhatToDo) {
  expect_refusal(cli::kIo,
                 "polytask: inspect: nowhere.h5: there is no such data; "
                 "correct data.path, or say the size of the images: --input "
                 "100x100x3\n",
                 {"inspect", "recipe.yaml", "--plan", "data.path=nowhere.h5"});
}

TEST_F(Plan, AnInputThatIsNoSize) {
  for (const char* text :
       {"100", "100x100", "100x100x2", "0x100x3", "axbxc", "100x100x3x1",
        "100x100x3 ", "100x100x", "-1x1x1", "99999999999x1x1", "20000x1x1"}) {
    expect_refusal(
        cli::kUsage,
        std::string("polytask: inspect: --input: expected "
                    "HEIGHTxWIDTHxCHANNELS with 1 or 3 channels, "
                    "such as 100x100x3, got ") +
            text + "\n",
        {"inspect", "recipe.yaml", "--plan", std::string("--input=") + text});
  }
}

TEST_F(Plan, InputNeedsTheLabelsFromTheRecipe) {
  expect_refusal(cli::kUsage,
                 "polytask: inspect: recipe.yaml: the recipe leaves the labels "
                 "to the data, "
                 "which --input replaces; name them in the recipe\n",
                 {"inspect", "recipe.yaml", "--plan", "--input", "16x16x3",
                  "tasks.scene.labels=[]"});
}

TEST_F(Plan, IsForRecipes) {
  expect_refusal(cli::kUsage,
                 "polytask: inspect: --plan: expected a recipe (YAML), "
                 "found scenes.h5\n",
                 {"inspect", "scenes.h5", "--plan"});
  expect_refusal(cli::kUsage,
                 "polytask: inspect: train.epochs=1: expected a recipe "
                 "(YAML), found scenes.h5\n",
                 {"inspect", "scenes.h5", "train.epochs=1"});
  expect_refusal(cli::kUsage,
                 "polytask: inspect: --input says nothing without --plan\n",
                 {"inspect", "recipe.yaml", "--input", "16x16x3"});
}

TEST_F(Plan, AnImpossibleNetworkNamesItsLayer) {
  const Answer answer =
      test::polytask({"inspect", "recipe.yaml", "--plan", "--input", "2x2x3"});
  EXPECT_EQ(answer.code, cli::kUsage);
  EXPECT_TRUE(answer.err.starts_with(
      "polytask: recipe.yaml: conv2d_1: a kernel of 3 x 3 "))
      << answer.err;
}

TEST_F(Plan, OverridesReachARecipeWithoutPlanToo) {
  const Answer answer = test::polytask(
      {"inspect", "recipe.yaml", "--json", "data.split.test_size=0.5"});
  EXPECT_EQ(answer.code, cli::kOk) << answer.err;
  EXPECT_EQ(json::parse(answer.out)["train_images"], 24);
}

}  // namespace
}  // namespace polytask
