// Target statistics as a model file lists them, now and in older files.

#include "polytask/checkpoint/statistics_text.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace polytask {
namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

std::vector<Task> every_kind() {
  return {multilabel("scene", {"sea", "sky"}),
          categorical("weather", {"sun", "rain", "fog"}),
          ordinal("age", {"young", "old"}),
          regression("box", {"width", "height"}), count("people")};
}

Model model_with(std::vector<Task> tasks,
                 std::vector<TargetStatistics> statistics) {
  Model model;
  model.spec.tasks = std::move(tasks);
  model.target_statistics = std::move(statistics);
  return model;
}

std::vector<TargetStatistics> read(const std::string& text,
                                   const std::vector<Task>& tasks) {
  return read_statistics(text, tasks, "file");
}

constexpr const char* kText =
    R"({"age":[0.25,0.75],"box":[4.0,2.0,3.0,20.0,10.0,25.0],)"
    R"("people":[1.5,0.5,1.0],"scene":[0.5,0.25,1.0,0.0,0.0,1.0],)"
    R"("weather":[0.5,0.25,0.25]})";

const std::vector<TargetStatistics>& known() {
  static const std::vector<TargetStatistics> all{
      {.shares = {0.5, 0.25}, .first_label = {1, 0}, .label_set = {0, 1}},
      {.shares = {0.5, 0.25, 0.25}},
      {.shares = {0.25, 0.75}},
      {.numbers = {{.mean = 4, .deviation = 2, .median = 3},
                   {.mean = 20, .deviation = 10, .median = 25}}},
      {.numbers = {{.mean = 1.5, .deviation = 0.5, .median = 1}}}};
  return all;
}

TEST(StatisticsText, ListsTheNumbersOfEachKindInTheirOrder) {
  EXPECT_EQ(statistics_text(model_with(every_kind(), known())), kText);
  EXPECT_EQ(read(kText, every_kind()), known());
}

TEST(StatisticsText, WhatIsNotKnownIsNull) {
  const std::vector<Task> tasks{multilabel("scene", {"sea"}), count("people")};
  const std::string text = statistics_text(model_with(
      tasks,
      {{.shares = {0.5}, .first_label = {kNaN}, .label_set = {kNaN}},
       {.numbers = {{.mean = kNaN, .deviation = kNaN, .median = kNaN}}}}));
  EXPECT_EQ(text, R"({"people":[null,null,null],"scene":[0.5,null,null]})");
  const auto again = read(text, tasks);
  EXPECT_EQ(again[0].shares, std::vector<double>{0.5});
  EXPECT_TRUE(std::isnan(again[0].first_label.at(0)));
  EXPECT_TRUE(std::isnan(again[0].label_set.at(0)));
  EXPECT_TRUE(std::isnan(again[1].numbers.at(0).mean));
  EXPECT_TRUE(std::isnan(again[1].numbers.at(0).median));
}

TEST(StatisticsText, BeforeTrainingThereIsNothing) {
  EXPECT_EQ(statistics_text(model_with(every_kind(), {})), "{}");
  EXPECT_TRUE(read("{}", every_kind()).empty());
}

// Once a count had its mean alone; its median is then not known.
TEST(StatisticsText, OfACountInAnOlderFileIsItsMean) {
  const auto found = read(R"({"people": [2.5]})", {count("people")});
  ASSERT_EQ(found.at(0).numbers.size(), 1u);
  EXPECT_EQ(found[0].numbers[0].mean, 2.5);
  EXPECT_TRUE(std::isnan(found[0].numbers[0].deviation));
  EXPECT_TRUE(std::isnan(found[0].numbers[0].median));
}

// They are written again as they are.
TEST(StatisticsText, OfLabelsInAnOlderFileIsTheirShares) {
  const std::vector<Task> tasks{multilabel("scene", {"sea", "sky"})};
  const std::string text = R"({"scene":[0.25,0.5]})";
  const auto found = read(text, tasks);
  EXPECT_EQ(found, (std::vector<TargetStatistics>{{.shares = {0.25, 0.5}}}));
  EXPECT_EQ(statistics_text(model_with(tasks, found)), text);
}

}  // namespace
}  // namespace polytask
