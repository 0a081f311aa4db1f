#include "polytask/model/answers.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "polytask/model/target_statistics.h"
#include "tests/data/small_dataset.h"

namespace polytask {
namespace {

using Names = std::vector<std::string>;

constexpr float kNaN = std::numeric_limits<float>::quiet_NaN();

std::vector<float> answer_to(const Task& task, std::vector<float> logits,
                             const TargetStatistics& statistics = {}) {
  std::vector<float> found(static_cast<std::size_t>(answer_count(task)));
  answer(task, statistics, logits, found);
  return found;
}

TEST(Answer, ClassesGetProbabilitiesThatSumToOne) {
  const Task task = categorical("weather", {"clear", "rain", "snow"});
  const std::vector<float> found = answer_to(task, {1000, 1000, -1000});
  EXPECT_EQ(found, (std::vector<float>{0.5f, 0.5f, 0.0f}));
  EXPECT_EQ(answered_class(task, found), 0);
  EXPECT_EQ(answer_words(task, answer_to(task, {0, 3, 1})), Names{"rain"});
}

TEST(Answer, OrdinalProbabilitiesAreProductsOrTheSmallestSoFar) {
  Task task = ordinal("age", {"young", "grown", "old"});
  // P(y > 0) = .5, P(y > 1 | y > 0) = .5
  EXPECT_EQ(answer_to(task, {0, 0}), (std::vector<float>{0.5f, 0.25f, 0.25f}));
  task.loss.kind = LossKind::cumulative;
  // P(y > 1) may not be above P(y > 0).
  EXPECT_EQ(answer_to(task, {0, 1000}), (std::vector<float>{0.5f, 0.0f, 0.5f}));
}

TEST(Answer, TheClassOfAnOrdinalTaskIsTheMedian) {
  const Task task = ordinal("age", {"a", "b", "c"});
  EXPECT_EQ(answered_class(task, std::vector<float>{0.4f, 0.2f, 0.4f}), 1);
  EXPECT_EQ(answered_class(task, std::vector<float>{0.1f, 0.1f, 0.8f}), 2);
  // At the very half, as the lower one of two numbers in the middle.
  EXPECT_EQ(answered_class(task, std::vector<float>{0.5f, 0.0f, 0.5f}), 0);
}

TEST(Answer, ALabelIsAYesAboveItsOwnThreshold) {
  Task task = multilabel("scene", {"sea", "sky", "sun"});
  const std::vector<float> answer{0.5f, 0.25f, 0.75f};
  EXPECT_EQ(answer_words(task, answer), Names{"sun"});
  task.thresholds = {.all = 0.125, .labels = {{"sea", 0.25}, {"sun", 0.75}}};
  EXPECT_EQ(answer_words(task, answer), (Names{"sea", "sky"}));
}

TEST(Answer, NumbersComeInTheUnitsOfTheData) {
  const Task task = regression("distance");
  EXPECT_EQ(answer_to(task, {-1.5f}, {.numbers = {{10.0, 4.0, 9.0}}}),
            std::vector<float>{4.0f});
  EXPECT_EQ(answer_words(task, std::vector<float>{12.345f}), Names{"12.35"});
}

TEST(Answer, CountsAreRates) {
  const Task task = count("people");
  EXPECT_NEAR(answer_to(task, {std::log(2.6f)})[0], 2.6f, 1e-6f);
  EXPECT_EQ(answer_words(task, std::vector<float>{2.6f}), Names{"3"});
  // Held as in the loss: never infinite.
  EXPECT_EQ(answer_to(task, {90.0f})[0], std::exp(30.0f));
}

TEST(Answer, NamesCarryTheTaskWhereThereAreSeveral) {
  const Task scene = multilabel("scene", {"sea", "sky"});
  EXPECT_EQ(answer_names({scene}), (Names{"sea", "sky"}));
  EXPECT_EQ(
      answer_names({scene, count("people"), regression("size", {"w", "h"})}),
      (Names{"scene/sea", "scene/sky", "people", "size/w", "size/h"}));
}

TEST(TargetStatistics, SaysWhatTheTrainingImagesSayBeforehand) {
  const DatasetPtr data =
      test::labelled({"a", "b", "weather", "distance", "people"},
                     {1, kNaN, 0,    2,    4,     //
                      0, kNaN, 1,    4,    kNaN,  //
                      1, 1,    kNaN, 9,    2,     //
                      1, 0,    1,    kNaN, 0});
  const std::vector<Task> tasks{multilabel("scene", {"a", "b"}),
                                categorical("weather", {"x", "y", "z"}),
                                regression("distance"), count("people")};
  const auto found = target_statistics_of(tasks, *data);
  EXPECT_EQ(found[0], (TargetStatistics{.shares = {0.75, 0.5},
                                        .first_label = {1, 0},
                                        .label_set = {1, 0},
                                        .numbers = {}}));
  EXPECT_NEAR(found[1].shares[0], 1.0 / 3, 1e-15);
  EXPECT_NEAR(found[1].shares[1], 2.0 / 3, 1e-15);
  EXPECT_EQ(found[1].shares[2], 0.0);
  EXPECT_EQ(found[2].numbers[0].mean, 5.0);
  EXPECT_NEAR(found[2].numbers[0].deviation, std::sqrt(26.0 / 3), 1e-12);
  EXPECT_EQ(found[2].numbers[0].median, 4.0);
  EXPECT_EQ(found[3].numbers[0].mean, 2.0);
  EXPECT_NEAR(found[3].numbers[0].deviation, std::sqrt(8.0 / 3), 1e-12);
  EXPECT_EQ(found[3].numbers[0].median, 2.0);
}

TEST(TargetStatistics, WhatNoImageAnswersIsNotANumber) {
  const DatasetPtr data = test::labelled({"distance"}, {kNaN, kNaN});
  const auto found = target_statistics_of({regression("distance")}, *data);
  ASSERT_EQ(found[0].numbers.size(), 1u);
  EXPECT_TRUE(std::isnan(found[0].numbers[0].mean));
  EXPECT_TRUE(std::isnan(found[0].numbers[0].deviation));
  EXPECT_TRUE(std::isnan(found[0].numbers[0].median));
}

TEST(Standardise, GivesDeviationsFromTheMeanAndKeepsWhatIsMissing) {
  std::vector<float> targets{14.0f, 0.5f, kNaN, 1.5f};
  standardise(regression("size", {"w", "h"}),
              {.numbers = {{10, 2, 0}, {1, 0, 1}}}, targets);
  EXPECT_EQ(targets[0], 2.0f);
  EXPECT_EQ(targets[1], -0.5f);  // A number that never changes keeps its size.
  EXPECT_TRUE(std::isnan(targets[2]));
  EXPECT_EQ(targets[3], 0.5f);
}

}  // namespace
}  // namespace polytask
