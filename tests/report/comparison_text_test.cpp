#include "polytask/report/comparison_text.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace polytask {
namespace {

TaskDifference weather() {
  return {
      .task = "weather",
      .metric = "top_1_accuracy",
      .direction = Direction::higher_is_better,
      .scores = {
          .candidate = {.value = 0.875, .n = 400},
          .reference = {.value = 0.8, .n = 400},
          .difference = {.value = 0.075, .low = 0.05, .high = 0.1, .n = 400},
          .of_seeds = {0.07, 0.08},
          .deviation = 0.0071,
          .seed_error = 0.005,
          .image_error = 0.0045,
          .margin = 0.02,
          .verdict = Verdict::better}};
}

// One task that sharing helps, one of which nothing is known.
Comparison example(const std::string& reference = "one network per task") {
  return {
      .train_images = 1280,
      .validation_images = 320,
      .test_images = 400,
      .seeds = 2,
      .margin = 0.02,
      .reference = reference,
      .reference_cost = {.parameters = 2000,
                         .training_seconds = 20.0,
                         .answer_seconds = 0.002},
      .networks = {{.name = "joint",
                    .cost = {.parameters = 1000,
                             .training_seconds = 10.5,
                             .answer_seconds = 0.001},
                    .tasks = {weather(),
                              {.task = "distance",
                               .metric = "mean_absolute_error",
                               .direction = Direction::lower_is_better,
                               .scores = {.difference = {.reason = "no image"},
                                          .needed = {.seeds = 9,
                                                     .images = 2341}}}}}},
      .advice = "Use one network."};
}

TEST(ComparisonTable, SaysWhatSharingDid) {
  EXPECT_EQ(
      comparison_table(example()),
      "2 seeds; trained on 1280 images, epochs chosen on 320, compared on "
      "400\n"
      "\n"
      "joint compared with one network per task\n"
      "\n"
      "  task        score                    joint     alone  difference"
      "       95 % interval    seeds   images  verdict\n"
      "  weather     top_1_accuracy          0.8750    0.8000      0.0750"
      "    0.0500 to 0.1000   0.0050   0.0045  helped\n"
      "  distance    mean_absolute_error          -         -           -"
      "                   -        -        -  undecided\n"
      "\n"
      "  to decide distance: about 9 seeds, or about 2400 test images\n"
      "\n"
      "  seeds, images: the standard error of the difference over trainings "
      "and "
      "over\n"
      "  test images; the interval is of both together\n"
      "  as good: worse by less than the margin, 0.02 (of an error: 0.02 of "
      "the "
      "reference's)\n"
      "\n"
      "  mean_absolute_error: less is better\n"
      "\n"
      "                        parameters    training s   an image ms\n"
      "  one network per task        2000          20.0          2.00\n"
      "  joint                       1000          10.5          1.00\n"
      "\n"
      "Use one network.\n");
}

TEST(ComparisonTable, CallsWeightingsBetterOrWorse) {
  const std::string text = comparison_table(example("equal"));
  EXPECT_NE(text.find("joint compared with equal"), std::string::npos);
  EXPECT_NE(text.find("0.0045  better\n"), std::string::npos);
}

TEST(ComparisonTable, SpeaksOfOneSeed) {
  Comparison one = example();
  one.seeds = 1;
  EXPECT_EQ(comparison_table(one).rfind("1 seed; trained", 0), 0u);
}

TEST(ComparisonTable, LetsNoNameControlTheTerminal) {
  Comparison comparison = example();
  comparison.networks[0].tasks[0].task = "we\x1b[2Jather";
  EXPECT_EQ(comparison_table(comparison).find('\x1b'), std::string::npos);
}

TEST(ComparisonJson, HoldsEveryNumberAndNullsWhereThereIsNone) {
  const nlohmann::json json = nlohmann::json::parse(comparison_json(example()));
  EXPECT_EQ(json["seeds"], 2);
  EXPECT_EQ(json["test_images"], 400);
  EXPECT_EQ(json["reference"]["name"], "one network per task");
  EXPECT_EQ(json["reference"]["cost"]["parameters"], 2000);
  const nlohmann::json& network = json["networks"][0];
  EXPECT_EQ(network["cost"]["training_seconds"], 10.5);
  const nlohmann::json expected = {{"task", "weather"},
                                   {"metric", "top_1_accuracy"},
                                   {"higher_is_better", true},
                                   {"value", 0.875},
                                   {"reference", 0.8},
                                   {"difference", 0.075},
                                   {"low", 0.05},
                                   {"high", 0.1},
                                   {"images", 400},
                                   {"of_seeds", {0.07, 0.08}},
                                   {"deviation", 0.0071},
                                   {"seed_error", 0.005},
                                   {"image_error", 0.0045},
                                   {"margin", 0.02},
                                   {"verdict", "helped"},
                                   {"needed", nullptr}};
  EXPECT_EQ(network["tasks"][0], expected);
  EXPECT_TRUE(network["tasks"][1]["difference"].is_null());
  EXPECT_TRUE(network["tasks"][1]["deviation"].is_null());
  const nlohmann::json needed = {
      {"seeds", 9}, {"images", 2341}, {"both", false}};
  EXPECT_EQ(network["tasks"][1]["needed"], needed);
  EXPECT_EQ(json["margin"], 0.02);
  EXPECT_EQ(json["advice"], "Use one network.");
}

}  // namespace
}  // namespace polytask
