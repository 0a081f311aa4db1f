// What the training images say of a task, each number by hand.

#include "polytask/model/target_statistics.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "polytask/data/array_dataset.h"

namespace polytask {
namespace {

using Numbers = std::vector<double>;
constexpr float kNaN = std::numeric_limits<float>::quiet_NaN();

// Images of one pixel with these answers, NaN where one is missing.
DatasetPtr answers(std::vector<std::string> columns,
                   const std::vector<std::vector<float>>& rows) {
  ArrayContent content{.spec = {.height = 1,
                                .width = 1,
                                .channels = 1,
                                .labels = std::move(columns)},
                       .size = static_cast<std::int64_t>(rows.size()),
                       .images = allocate_images(rows.size()),
                       .source = "answers",
                       .names = {}};
  for (const std::vector<float>& row : rows) {
    content.targets.insert(content.targets.end(), row.begin(), row.end());
  }
  return std::make_shared<ArrayDataset>(std::move(content));
}

void expect_numbers(const Numbers& found, const Numbers& expected) {
  ASSERT_EQ(found.size(), expected.size());
  for (std::size_t i = 0; i < found.size(); ++i) {
    EXPECT_NEAR(found[i], expected[i], 1e-6) << i;
  }
}

void expect_number(const NumberStatistics& found,
                   const NumberStatistics& expected) {
  EXPECT_NEAR(found.mean, expected.mean, 1e-6);
  EXPECT_NEAR(found.deviation, expected.deviation, 1e-6);
  EXPECT_NEAR(found.median, expected.median, 1e-6);
}

// Mean, deviation, median; the missing one counts nowhere.
TEST(TargetStatistics, OfANumberIsMeanDeviationAndMedian) {
  const auto found = target_statistics_of(
      {regression("size")}, *answers({"size"}, {{100}, {1}, {kNaN}, {5}, {2}}));
  ASSERT_EQ(found.at(0).numbers.size(), 1u);
  expect_number(found[0].numbers[0], {27.0, std::sqrt(7114.0 / 4.0), 3.5});
}

TEST(TargetStatistics, OfAnOddNumberOfNumbersHasTheMiddleOneAsMedian) {
  const auto found = target_statistics_of({regression("size")},
                                          *answers({"size"}, {{9}, {1}, {2}}));
  expect_number(found.at(0).numbers.at(0), {4.0, std::sqrt(38.0 / 3.0), 2.0});
}

TEST(TargetStatistics, OfSeveralNumbersIsThatOfEach) {
  const auto found = target_statistics_of(
      {regression("box", {"width", "height"})},
      *answers({"width", "height"}, {{1, 10}, {3, kNaN}, {8, 30}}));
  ASSERT_EQ(found.at(0).numbers.size(), 2u);
  expect_number(found[0].numbers[0], {4.0, std::sqrt(26.0 / 3.0), 3.0});
  expect_number(found[0].numbers[1], {20.0, 10.0, 20.0});
}

TEST(TargetStatistics, OfLabelsClassesAndCountsAreSharesOfWhatIsKnown) {
  const std::vector<Task> tasks{multilabel("scene", {"sea", "sunset"}),
                                categorical("weather", {"sun", "rain", "fog"}),
                                ordinal("age", {"young", "old"}),
                                count("people")};
  const auto found = target_statistics_of(
      tasks, *answers({"sea", "sunset", "weather", "age", "people"},
                      {{1, kNaN, 2, 0, 0},
                       {0, 1, 0, 1, 4},
                       {0, 0, 2, 1, kNaN},
                       {0, kNaN, kNaN, 1, 2},
                       {0, kNaN, 2, kNaN, 1}}));
  ASSERT_EQ(found.size(), 4u);
  expect_numbers(found[0].shares, {0.2, 0.5});
  // Of the rows 1?, 01 and 00.
  expect_numbers(found[0].first_label, {2.0 / 3.0, 1.0 / 3.0});
  expect_numbers(found[0].label_set, {0.0, 0.0});
  expect_numbers(found[1].shares, {0.25, 0.0, 0.75});
  expect_numbers(found[2].shares, {0.25, 0.75});
  ASSERT_EQ(found[3].numbers.size(), 1u);
  expect_number(found[3].numbers[0], {1.75, std::sqrt(2.1875), 1.5});
}

TEST(TargetStatistics, OfLabelsKnowsTheFirstOfARowAndTheUsualSet) {
  const Task task = multilabel("scene", {"sea", "sky"});
  const auto data =
      answers({"sea", "sky"},
              {{1, 0}, {0, 1}, {0, 1}, {1, 1}, {kNaN, 1}, {0, kNaN}, {0, 0}});
  const TargetStatistics found = target_statistics_of({task}, *data).front();
  EXPECT_EQ(found.shares, (Numbers{2.0 / 6, 4.0 / 6}));
  // 10, 11 and 00 begin with the first; 01, 01 and ?1 with the second; 0? may.
  EXPECT_EQ(found.first_label, (Numbers{0.5, 0.5}));
  EXPECT_EQ(found.label_set, (Numbers{0, 1}));
}

TEST(TargetStatistics, OfLabelsWithoutACompleteRowHasNoSet) {
  const Task task = multilabel("scene", {"sea", "sky"});
  const TargetStatistics found =
      target_statistics_of({task},
                           *answers({"sea", "sky"}, {{1, kNaN}, {kNaN, 0}}))
          .front();
  EXPECT_EQ(where_known(found.first_label), (Numbers{1, 0}));
  EXPECT_EQ(found.label_set.size(), 2u);
  EXPECT_TRUE(where_known(found.label_set).empty());
}

TEST(TargetStatistics, OfLabelsAreUsedWhereTheyAreKnown) {
  EXPECT_EQ(where_known({0.25, 0.5}), (Numbers{0.25, 0.5}));
  EXPECT_TRUE(where_known({kNaN, kNaN}).empty());
  EXPECT_TRUE(where_known({}).empty());
}

TEST(TargetStatistics,
     StandardisedTargetsAreInDeviationsFromTheMeanOfTheirNumber) {
  const Task task = regression("box", {"width", "height"});
  std::vector<float> targets{6, 0, kNaN, 40};
  standardise(task, {.numbers = {{4, 2, 3}, {20, 10, 25}}}, targets);
  EXPECT_EQ(targets[0], 1.0f);
  EXPECT_EQ(targets[1], -2.0f);
  EXPECT_TRUE(std::isnan(targets[2]));
  EXPECT_EQ(targets[3], 2.0f);
}

TEST(TargetStatistics, ANumberThatNeverChangesHasTheScaleOne) {
  EXPECT_EQ((NumberStatistics{5, 0, 5}).scale(), 1.0);
  EXPECT_EQ((NumberStatistics{5, kNaN, 5}).scale(), 1.0);
  EXPECT_EQ((NumberStatistics{5, 0.5, 5}).scale(), 0.5);
}

TEST(TargetStatistics, TargetsOfOtherKindsStayAsTheyAre) {
  std::vector<float> targets{3, kNaN};
  standardise(count("people"), {.numbers = {{1.5, 2, 1}}}, targets);
  EXPECT_EQ(targets[0], 3.0f);
  EXPECT_TRUE(std::isnan(targets[1]));
}

TEST(TargetStatistics, OfATaskWithoutAnswersAreNaNThroughout) {
  const TargetStatistics labels =
      unknown_statistics(multilabel("scene", {"sea", "sky"}));
  for (const Numbers* numbers :
       {&labels.shares, &labels.first_label, &labels.label_set}) {
    ASSERT_EQ(numbers->size(), 2u);
    EXPECT_TRUE(std::isnan(numbers->at(0)));
    EXPECT_TRUE(std::isnan(numbers->at(1)));
  }
  const TargetStatistics classes =
      unknown_statistics(categorical("weather", {"sun", "rain"}));
  ASSERT_EQ(classes.shares.size(), 2u);
  EXPECT_TRUE(is_unanswered(classes));
  const TargetStatistics numbers =
      unknown_statistics(regression("box", {"width", "height"}));
  ASSERT_EQ(numbers.numbers.size(), 2u);
  EXPECT_TRUE(is_unanswered(numbers));
}

TEST(TargetStatistics, NamesWhatNoImageAnswers) {
  const double none = kNaN;
  const std::vector<Task> tasks{regression("box", {"width", "height"}),
                                count("people"),
                                multilabel("scene", {"sea", "sunset"})};
  EXPECT_EQ(unanswered(tasks, {{.numbers = {{4, 2, 3}, {none, none, none}}},
                               {.numbers = {{none, none, none}}},
                               {.shares = {none, 1}}}),
            (std::vector<std::string>{"number \"height\" of task \"box\"",
                                      "task \"people\""}));
}

}  // namespace
}  // namespace polytask
