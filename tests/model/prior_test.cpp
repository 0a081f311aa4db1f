// What the training images say of a task, each number by hand.

#include "polytask/model/prior.h"

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

// Mean, deviation, median; the missing one counts nowhere.
TEST(Prior, OfANumberIsMeanDeviationAndMedian) {
  const auto prior = prior_of(
      {regression("size")}, *answers({"size"}, {{100}, {1}, {kNaN}, {5}, {2}}));
  expect_numbers(prior.at(0), {27.0, std::sqrt(7114.0 / 4.0), 3.5});
}

TEST(Prior, OfAnOddNumberOfNumbersHasTheMiddleOneAsMedian) {
  const auto prior =
      prior_of({regression("size")}, *answers({"size"}, {{9}, {1}, {2}}));
  expect_numbers(prior.at(0), {4.0, std::sqrt(38.0 / 3.0), 2.0});
}

TEST(Prior, OfSeveralNumbersIsThatOfEach) {
  const auto prior =
      prior_of({regression("box", {"width", "height"})},
               *answers({"width", "height"}, {{1, 10}, {3, kNaN}, {8, 30}}));
  expect_numbers(prior.at(0),
                 {4.0, std::sqrt(26.0 / 3.0), 3.0, 20.0, 10.0, 20.0});
}

TEST(Prior, OfLabelsClassesAndCountsAreSharesOfWhatIsKnown) {
  const std::vector<Task> tasks{multilabel("scene", {"sea", "sunset"}),
                                categorical("weather", {"sun", "rain", "fog"}),
                                ordinal("age", {"young", "old"}),
                                count("people")};
  const auto prior =
      prior_of(tasks, *answers({"sea", "sunset", "weather", "age", "people"},
                               {{1, kNaN, 2, 0, 0},
                                {0, 1, 0, 1, 4},
                                {0, 0, 2, 1, kNaN},
                                {0, kNaN, kNaN, 1, 2},
                                {0, kNaN, 2, kNaN, 1}}));
  ASSERT_EQ(prior.size(), 4u);
  // Shares; the first positive of rows 1?, 01 and 00; the usual row, 00.
  expect_numbers(prior[0], {0.2, 0.5, 2.0 / 3.0, 1.0 / 3.0, 0.0, 0.0});
  expect_numbers(prior[1], {0.25, 0.0, 0.75});
  expect_numbers(prior[2], {0.25, 0.75});
  expect_numbers(prior[3], {1.75, std::sqrt(2.1875), 1.5});
}

TEST(Prior, OfLabelsKnowsTheFirstOfARowAndTheUsualSet) {
  const Task task = multilabel("scene", {"sea", "sky"});
  const auto data =
      answers({"sea", "sky"},
              {{1, 0}, {0, 1}, {0, 1}, {1, 1}, {kNaN, 1}, {0, kNaN}, {0, 0}});
  const auto prior = prior_of({task}, *data);
  const LabelPrior found = label_prior(task, prior.front());
  EXPECT_EQ(found.shares, (Numbers{2.0 / 6, 4.0 / 6}));
  // 10, 11 and 00 begin with the first; 01, 01 and ?1 with the second; 0? may.
  EXPECT_EQ(found.first, (Numbers{0.5, 0.5}));
  EXPECT_EQ(found.set, (Numbers{0, 1}));
}

TEST(Prior, OfLabelsWithoutACompleteRowHasNoSet) {
  const Task task = multilabel("scene", {"sea", "sky"});
  const auto prior =
      prior_of({task}, *answers({"sea", "sky"}, {{1, kNaN}, {kNaN, 0}}));
  const LabelPrior found = label_prior(task, prior.front());
  EXPECT_EQ(found.first, (Numbers{1, 0}));
  EXPECT_TRUE(found.set.empty());
}

TEST(Prior, OfAnOlderModelIsItsShares) {
  const Task task = multilabel("scene", {"sea", "sky"});
  for (const Numbers& prior :
       {Numbers{0.25, 0.5}, Numbers{0.25, 0.5, kNaN, kNaN, kNaN, kNaN}}) {
    const LabelPrior found = label_prior(task, prior);
    EXPECT_EQ(found.shares, (Numbers{0.25, 0.5}));
    EXPECT_TRUE(found.first.empty());
    EXPECT_TRUE(found.set.empty());
  }
  EXPECT_TRUE(label_prior(task, {}).shares.empty());
}

TEST(Prior, StandardisedTargetsAreInDeviationsFromTheMeanOfTheirNumber) {
  const Task task = regression("box", {"width", "height"});
  const Numbers prior{4, 2, 3, 20, 10, 25};
  std::vector<float> targets{6, 0, kNaN, 40};
  standardise(task, prior, targets);
  EXPECT_EQ(targets[0], 1.0f);
  EXPECT_EQ(targets[1], -2.0f);
  EXPECT_TRUE(std::isnan(targets[2]));
  EXPECT_EQ(targets[3], 2.0f);
}

TEST(Prior, ANumberThatNeverChangesHasDeviationOne) {
  const Numbers prior{5, 0, 5};
  const Moments m = moments(prior, 0);
  EXPECT_EQ(m.mean, 5.0);
  EXPECT_EQ(m.deviation, 1.0);
  EXPECT_EQ(m.median, 5.0);
}

TEST(Prior, TargetsOfOtherKindsStayAsTheyAre) {
  std::vector<float> targets{3, kNaN};
  standardise(count("people"), Numbers{1.5}, targets);
  EXPECT_EQ(targets[0], 3.0f);
  EXPECT_TRUE(std::isnan(targets[1]));
}

TEST(Prior, NamesWhatNoImageAnswers) {
  const double none = kNaN;
  const std::vector<Task> tasks{regression("box", {"width", "height"}),
                                count("people"),
                                multilabel("scene", {"sea", "sunset"})};
  EXPECT_EQ(unanswered(tasks, {{4, 2, 3, none, none, none}, {none}, {none, 1}}),
            (std::vector<std::string>{"number \"height\" of task \"box\"",
                                      "task \"people\""}));
}

}  // namespace
}  // namespace polytask
