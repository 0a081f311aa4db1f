#include "polytask/report/missing_study_text.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace polytask {
namespace {

MissingTraining training(double accuracy, std::optional<double> f1) {
  const LabelEvaluation sea{.label = "sea, lake",
                            .numbers = {{"f1", {.value = f1}}}};
  return {
      .result = {
          .evaluation = {
              .images = 40,
              .tasks = {{.task = "scene",
                         .kind = "multilabel",
                         .metrics = {{"label_accuracy", {.value = accuracy}},
                                     {"macro_f1", {.value = f1}}},
                         .labels = {sea}}}}}};
}

MissingPoint point(double hidden, double observed, const PairedDifference& s,
                   std::vector<MissingTraining> trainings) {
  return {.hidden = hidden,
          .columns = {{"sea, lake", observed}},
          .tasks = {{.task = "scene", .metric = "label_accuracy", .scores = s}},
          .trainings = std::move(trainings)};
}

MissingStudy example() {
  return {
      .train_images = 128,
      .validation_images = 32,
      .test_images = 40,
      .seeds = 2,
      .margin = 0.02,
      .points = {point(0.0, 128.0, {.difference = {.value = 0.0}},
                       {training(0.75, 0.5), training(0.875, 0.75)}),
                 point(0.75, 32.0,
                       {.candidate = {.value = 0.75},
                        .difference = {.value = -0.0625,
                                       .low = -0.125,
                                       .high = -0.03125},
                        .of_seeds = {-0.0625, -0.0625},
                        .verdict = Verdict::worse},
                       {training(0.75, std::nullopt), training(0.75, 0.25)})},
      .values = {{.task = "scene",
                  .label = "sea, lake",
                  .from_observed = 32.0,
                  .to_observed = 128.0,
                  .f1_gain = 0.25},
                 {.task = "scene",
                  .label = "sea, lake",
                  .from_observed = 128.0,
                  .to_observed = 428.0,
                  .f1_gain = 0.375,
                  .f1_per_100 = 0.125}}};
}

// Of several numbers the evaluation has an error each, in units of their own.
TEST(MissingStudyTable, TheScoreOfSeveralNumbersIsThatOfTheComparison) {
  MissingStudy study = example();
  for (MissingPoint& point : study.points) {
    point.tasks[0] = {.task = "size",
                      .metric = "mean_absolute_error",
                      .direction = Direction::lower_is_better,
                      .scores = {.candidate = {.value = 0.4375}}};
  }
  const std::string text = missing_study_table(study);
  EXPECT_NE(text.find("\nsize, mean_absolute_error (less is better)\n"),
            std::string::npos)
      << text;
  EXPECT_NE(text.find("ignore              0 %            0.4375"),
            std::string::npos)
      << text;
}

TEST(MissingStudyTable, SaysWhatEachLevelCosts) {
  EXPECT_EQ(
      missing_study_table(example()),
      "2 seeds; trained on 128 images, epochs chosen on 32, measured on 40 "
      "with all their answers\n"
      "as good: worse by less than the margin, 0.02 (of an error: 0.02 of that "
      "of the lowest level)\n"
      "\n"
      "scene, label_accuracy\n"
      "\n"
      "  policy           hidden             score          macro_f1"
      "  difference       95 % interval  verdict\n"
      "  ignore              0 %   0.8125 +-0.0884   0.6250 +-0.1768"
      "           -                   -  reference\n"
      "  ignore             75 %   0.7500 +-0.0000            0.2500"
      "     -0.0625  -0.1250 to -0.0312  worse\n"
      "\n"
      "f1 gained by more answers in the training (policy ignore)\n"
      "\n"
      "  label               from      to         f1 gained   per 100\n"
      "  scene/sea, lake       32     128            0.2500         -\n"
      "  scene/sea, lake      128     428            0.3750    0.1250\n"
      "  per 100: where at least 100 answers are between the two\n");
}

TEST(MissingStudyTable, SaysWhatWouldDecideALevel) {
  MissingStudy study = example();
  PairedDifference& s = study.points[1].tasks[0].scores;
  s.verdict = Verdict::undecided;
  s.needed = {.seeds = 7};
  const std::string text = missing_study_table(study);
  EXPECT_NE(text.find("undecided\n\n  to decide ignore, 75 %: about 7 seeds\n"),
            std::string::npos)
      << text;
}

TEST(MissingStudyJson, HoldsEveryPoint) {
  const nlohmann::json json =
      nlohmann::json::parse(missing_study_json(example()));
  EXPECT_EQ(json["test_images"], 40);
  const nlohmann::json& worst = json["points"][1];
  EXPECT_EQ(worst["policy"], "ignore");
  EXPECT_EQ(worst["hidden"], 0.75);
  EXPECT_EQ(worst["observed"]["sea, lake"], 32.0);
  EXPECT_EQ(worst["tasks"][0]["difference"], -0.0625);
  EXPECT_EQ(worst["tasks"][0]["value"], 0.75);
  EXPECT_EQ(worst["tasks"][0]["low"], -0.125);
  EXPECT_EQ(worst["tasks"][0]["high"], -0.03125);
  EXPECT_EQ(worst["tasks"][0]["verdict"], "worse");
  EXPECT_EQ(worst["tasks"][0]["metrics"]["label_accuracy"]["mean"], 0.75);
  EXPECT_TRUE(worst["tasks"][0]["metrics"]["macro_f1"]["deviation"].is_null());
  EXPECT_EQ(json["answer_values"][0]["f1_gain"], 0.25);
  EXPECT_TRUE(json["answer_values"][0]["f1_per_100"].is_null());
  EXPECT_EQ(json["answer_values"][1]["f1_per_100"], 0.125);
  EXPECT_EQ(json["margin"], 0.02);
  EXPECT_TRUE(json["answer_values"][0]["deviation"].is_null());
}

TEST(MissingStudyCsv, HasALineAMetricOfEachTraining) {
  const std::string csv = missing_study_csv(example());
  EXPECT_NE(csv.find("ignore,0,2,scene,,label_accuracy,0.875\n"),
            std::string::npos)
      << csv;
  EXPECT_NE(csv.find("ignore,0.75,1,scene,\"sea, lake\",f1,\n"),
            std::string::npos)
      << "an undefined value is empty, a name with a comma quoted";
}

}  // namespace
}  // namespace polytask
