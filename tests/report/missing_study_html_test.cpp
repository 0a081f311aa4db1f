#include "polytask/report/html/missing_study_html.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/report/count_of.h"

namespace polytask {
namespace {

using test::count_of;

constexpr const char* kPlusMinus = " \xC2\xB1 ";

MissingTraining training(const std::string& task, double accuracy) {
  const Number score{.value = accuracy, .baseline = 0.6875};
  return {.result = {.evaluation = {
                         .images = 40,
                         .tasks = {{.task = task,
                                    .kind = "multilabel",
                                    .metrics = {{"label_accuracy", score}}}}}}};
}

MissingPoint point(UnknownPolicy policy, double hidden,
                   const std::vector<double>& accuracies) {
  const Number difference{.value = -0.0625, .low = -0.125, .high = -0.03125};
  MissingPoint point{
      .policy = policy,
      .hidden = hidden,
      .tasks = {{.task = "scene",
                 .metric = "label_accuracy",
                 .scores = {.candidate = {.value = accuracies.front(),
                                          .low = 0.5,
                                          .high = 0.9375},
                            .difference = difference,
                            .verdict = Verdict::worse}}}};
  for (const double accuracy : accuracies) {
    point.trainings.push_back(training("scene", accuracy));
  }
  return point;
}

// Two policies at two levels, two seeds.
MissingStudy example() {
  using enum UnknownPolicy;
  return {.train_images = 128,
          .validation_images = 32,
          .test_images = 40,
          .seeds = 2,
          .points = {point(ignore, 0.0, {0.75, 0.875}),
                     point(ignore, 0.5, {0.75, 0.75}),
                     point(negative, 0.0, {0.75, 0.875}),
                     point(negative, 0.5, {0.625, 0.75})},
          .values = {{.task = "scene",
                      .label = "sea",
                      .from_observed = 64.0,
                      .to_observed = 128.0,
                      .f1_gain = 0.25,
                      .deviation = 0.125,
                      .f1_per_100 = 0.0625}}};
}

void expect_parts(const std::string& page,
                  const std::vector<std::string>& parts) {
  for (const std::string& part : parts) {
    EXPECT_NE(page.find(part), std::string::npos) << part << "\nin\n" << page;
  }
}

TEST(MissingStudyHtml, DrawsALineAPolicyWithItsBandOverTheSeeds) {
  const std::string page = missing_study_html(example());
  EXPECT_TRUE(page.starts_with("<!DOCTYPE html>"));
  EXPECT_EQ(count_of(page, "<svg"), 1u);
  EXPECT_EQ(count_of(page, "\"series-0 band\""), 1u);
  EXPECT_EQ(count_of(page, "\"series-1 band\""), 1u);
  expect_parts(
      page, {"<title>ignore, 0 % hidden: 0.8125" + std::string(kPlusMinus) +
                 "0.0884</title>",
             "<title>negative, 50 % hidden: 0.6875" + std::string(kPlusMinus) +
                 "0.0884</title>",
             "The band: the mean" + std::string(kPlusMinus) +
                 "one standard deviation over the 2 seeds.",
             // From 0.8125 + 0.0884 to 0.8125 - 0.0884 and to twice 0.75.
             "\"series-0 band\" d=\"M100.0 47.5L710.0 168.0L710.0 168.0"
             "L100.0 188.7z\"",
             ">answers hidden from the training (%)</text>",
             ">label_accuracy (share of the labels)</text>", "more is better"});
}

TEST(MissingStudyHtml, TheBaselineIsADashedLine) {
  MissingStudy study = example();
  expect_parts(missing_study_html(study),
               {"<g class=\"level\"><title>baseline 0.6875</title>",
                "The baseline: the best answer that ignores the image."});
  for (MissingPoint& point : study.points) {
    for (MissingTraining& training : point.trainings) {
      training.result.evaluation.tasks[0].metrics[0].second.baseline.reset();
    }
  }
  const std::string page = missing_study_html(study);
  EXPECT_EQ(page.find("<g class=\"level\""), std::string::npos);
  EXPECT_EQ(page.find("baseline"), std::string::npos);
}

TEST(MissingStudyHtml, ItsNumbersStandBelow) {
  const std::string pm = kPlusMinus;
  expect_parts(
      missing_study_html(example()),
      {"2 seeds; trained on 128 images, epochs chosen on 32, measured on 40 "
       "with all their answers.",
       "<th>policy</th><th>hidden</th><th>score</th><th>difference</th>"
       "<th>95 % interval</th><th>verdict</th>",
       "<td>ignore</td><td>0 %</td><td>0.8125" + pm +
           "0.0884</td><td>-</td><td>-</td><td>reference</td>",
       "<td>negative</td><td>50 %</td><td>0.6875" + pm +
           "0.0884</td><td>-0.0625</td><td>-0.1250 to -0.0312</td>"
           "<td>worse</td>",
       "<td>scene/sea</td><td>64</td><td>128</td><td>0.2500" + pm +
           "0.1250</td><td>0.0625</td>",
       "<li>negative: is taken as no</li>"});
}

TEST(MissingStudyHtml, OneSeedHasTheIntervalOverTheTestImages) {
  MissingStudy study = example();
  study.seeds = 1;
  for (MissingPoint& point : study.points) point.trainings.resize(1);
  const std::string page = missing_study_html(study);
  EXPECT_EQ(count_of(page, " band\""), 2u);
  expect_parts(page,
               {"<title>negative, 50 % hidden: 0.6250, 95 % interval 0.5000 to "
                "0.9375</title>",
                "The band: the 95 % interval over the test images; it does not "
                "speak of other trainings."});
}

TEST(MissingStudyHtml, OneLevelShowsBarsSideBySide) {
  MissingStudy study = example();
  study.points = {study.points[0], study.points[2]};
  const std::string page = missing_study_html(study);
  EXPECT_EQ(count_of(page, " band\""), 0u);
  EXPECT_EQ(count_of(page, " bar\""), 2u);
  expect_parts(page, {"The bar: the mean",
                      "<g class=\"series-0\"><title>ignore, 0 % hidden",
                      "<path class=\"mark\" transform=\"translate(388.0 ",
                      "<path class=\"mark\" transform=\"translate(422.0 "});
}

// Of several numbers the evaluation has an error each, in units of their own.
TEST(MissingStudyHtml, AScoreOfSeveralNumbersIsThatOfTheComparison) {
  MissingStudy study = example();
  for (MissingPoint& point : study.points) {
    point.tasks[0].metric = "mean_absolute_error";
    point.tasks[0].direction = Direction::lower_is_better;
    for (MissingTraining& training : point.trainings) {
      training.result.evaluation.tasks[0].kind = "regression";
    }
  }
  expect_parts(missing_study_html(study),
               {"mean_absolute_error, less is better.",
                ">mean_absolute_error (standard deviations)</text>",
                "<title>negative, 50 % hidden: 0.6250, 95 % interval"});
}

TEST(MissingStudyHtml, NamesCannotBecomeMarkup) {
  const std::string evil = "</title><script>alert('1')</script>\"&";
  MissingStudy study = example();
  for (MissingPoint& point : study.points) {
    point.tasks[0].task = evil;
    point.tasks[0].metric = "<img src=x>";
  }
  study.values[0].task = evil;
  study.values[0].label = "<img src=x>";
  const std::string page = missing_study_html(study);
  EXPECT_EQ(page.find("<script"), std::string::npos);
  EXPECT_EQ(page.find("<img"), std::string::npos);
  expect_parts(page, {"<h2>&lt;/title&gt;&lt;script&gt;alert(&#39;1&#39;)",
                      "aria-label=\"&lt;/title&gt;", "/&lt;img src=x&gt;</td>",
                      ">&lt;img src=x&gt; (share"});
}

TEST(MissingStudyHtml, NeedsNothingFromElsewhere) {
  const std::string page = missing_study_html(example());
  for (const char* part : {"http:", "https:", "src=", "url(", "@import",
                           "<link", "<script", "href"}) {
    EXPECT_EQ(page.find(part), std::string::npos) << part;
  }
  expect_parts(page, {"default-src 'none'", "prefers-color-scheme: dark"});
}

}  // namespace
}  // namespace polytask
