#include "polytask/evaluate/evaluate_task.h"

#include <gtest/gtest.h>

#include <cmath>

namespace polytask {
namespace {

Number number(const NamedNumbers& numbers, const std::string& name) {
  for (const auto& [key, value] : numbers) {
    if (key == name) return value;
  }
  ADD_FAILURE() << "no " << name;
  return {};
}

TaskEvaluation evaluated(const Task& task, TargetStatistics statistics,
                         std::vector<float> answers,
                         std::vector<float> targets) {
  return evaluate_task({.task = task,
                        .statistics = std::move(statistics),
                        .answers = std::move(answers),
                        .targets = std::move(targets),
                        .logits = {}},
                       {.resamples = 0});
}

// Right by its thresholds, .5 and .2, alone.
TEST(EvaluateTask, LabelsAreAnsweredByTheThresholdsOfTheTask) {
  Task scene = multilabel("scene", {"a", "b"});
  scene.thresholds.labels["b"] = 0.2;
  const TaskEvaluation found =
      evaluated(scene, {}, {0.3f, 0.3f, 0.9f, 0.1f}, {0, 1, 1, 0});
  EXPECT_EQ(number(found.metrics, "label_accuracy").value, 1.0);
  EXPECT_EQ(number(found.labels[1].numbers, "threshold").value, 0.2);
}

// The training says no to a and yes to b, has b first and {b} most often; the
// images themselves would say the opposite.
TEST(EvaluateTask, BaselinesOfLabelsAreWhatTheTrainingSays) {
  const TaskEvaluation found = evaluated(
      multilabel("scene", {"a", "b"}),
      {.shares = {0.1, 0.9}, .first_label = {0.1, 0.9}, .label_set = {0, 1}},
      std::vector<float>(6, 0.5f), {0, 1, 1, 0, 1, 0});
  EXPECT_EQ(number(found.metrics, "label_accuracy").baseline, 2.0 / 6);
  EXPECT_EQ(number(found.metrics, "argmax_accuracy").baseline, 1.0 / 3);
  EXPECT_EQ(number(found.metrics, "subset_accuracy").baseline, 1.0 / 3);
}

TEST(EvaluateTask, BaselineOfClassesIsTheMostFrequentOfTheTraining) {
  const TaskEvaluation found =
      evaluated(categorical("weather", {"sun", "rain"}), {.shares = {0.2, 0.8}},
                {0.5f, 0.5f, 0.5f, 0.5f, 0.5f, 0.5f}, {0, 0, 1});
  EXPECT_EQ(found.kind, "categorical");
  EXPECT_EQ(number(found.metrics, "top_1_accuracy").baseline, 1.0 / 3);
}

// The most probable class is the last, the median the middle one.
TEST(EvaluateTask, AnOrdinalTaskIsAnsweredByItsMedian) {
  const TaskEvaluation found =
      evaluated(ordinal("level", {"low", "middle", "high"}),
                {.shares = {0.2, 0.4, 0.4}}, {0.3f, 0.3f, 0.4f}, {1});
  EXPECT_EQ(found.kind, "ordinal");
  EXPECT_EQ(number(found.metrics, "mean_absolute_error").value, 0.0);
}

// Of w a mean and median of 1, of h a mean of 20 and a median of 30.
TEST(EvaluateTask, BaselinesOfNumbersAreTheirOwnMeansAndMedians) {
  const TaskEvaluation found = evaluated(regression("size", {"w", "h"}),
                                         {.numbers = {{1, 1, 1}, {20, 5, 30}}},
                                         {1, 20, 1, 30}, {1, 20, 1, 30});
  const NamedNumbers& h = found.labels[1].numbers;
  EXPECT_NEAR(*number(h, "root_mean_squared_error").baseline, std::sqrt(50.0),
              1e-12);
  EXPECT_EQ(number(h, "mean_absolute_error").baseline, 5.0);
}

}  // namespace
}  // namespace polytask
