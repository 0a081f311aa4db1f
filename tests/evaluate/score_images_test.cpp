#include "polytask/evaluate/score_images.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "polytask/evaluate/evaluate_model.h"
#include "polytask/model/target_statistics.h"
#include "polytask/model/task_columns.h"
#include "polytask/train/train.h"
#include "tests/train/questions.h"

namespace polytask {
namespace {

using test::questions;

Predictor trained(std::vector<Task> tasks) {
  Model model = test::model_of(std::move(tasks));
  train(model, {.train = questions(40, 1), .validation = nullptr},
        {.epochs = 3, .batch_size = 10, .threads = 1});
  return Predictor(std::move(model), {.threads = 1, .batch = 16});
}

double value_of(const TaskScores& scores) {
  RatioTerm sum;
  for (const RatioTerm& image : scores.images) {
    sum.numerator += image.numerator;
    sum.denominator += image.denominator;
  }
  return sum.numerator / sum.denominator;
}

double metric(const TaskEvaluation& task, const std::string& name) {
  for (const auto& [key, number] : task.metrics) {
    if (key == name) return number.value.value_or(-1.0);
  }
  ADD_FAILURE() << task.task << " has no " << name;
  return -1.0;
}

TEST(ScoreImages, SumToWhatTheEvaluationSays) {
  Predictor predictor =
      trained({multilabel("scene", {"rows", "columns", "red"}),
               categorical("both", {"neither", "one", "two"}),
               ordinal("level", {"low", "middle", "high"}), count("stripes")});
  const DatasetPtr data = questions(50, 2);
  const Evaluation whole =
      evaluate_model(predictor, *data, {.resamples = 0}).evaluation;
  const std::vector<TaskScores> scores = score_images(predictor, *data);
  ASSERT_EQ(scores.size(), 4u);
  for (std::size_t t = 0; t < scores.size(); ++t) {
    EXPECT_EQ(scores[t].task, whole.tasks[t].task);
    EXPECT_EQ(scores[t].images.size(), 50u);
    EXPECT_NEAR(value_of(scores[t]), metric(whole.tasks[t], scores[t].metric),
                1e-12)
        << scores[t].task;
  }
}

// Above 0 every label is answered yes.
TEST(ScoreImages, LabelsAreAnsweredByTheThresholdsOfTheTask) {
  Task scene = multilabel("scene", {"rows", "columns", "red"});
  scene.thresholds.all = 0.0;
  Predictor predictor = trained({scene, count("stripes")});
  const DatasetPtr data = questions(20, 2);
  const TaskScores scores = score_images(predictor, *data).front();
  const Evaluation whole =
      evaluate_model(predictor, *data, {.resamples = 0}).evaluation;
  std::vector<float> targets(8);
  for (std::int64_t i = 0; i < 20; ++i) {
    data->read_targets(i, targets);
    EXPECT_EQ(scores.images[static_cast<std::size_t>(i)].numerator,
              std::count(targets.begin(), targets.begin() + 3, 1.0f))
        << i;
  }
  EXPECT_NEAR(value_of(scores), metric(whole.tasks[0], "label_accuracy"),
              1e-12);
}

TEST(ScoreImages, OfSharesMoreIsBetterAndOfErrorsLess) {
  Predictor predictor = trained(test::every_kind());
  const std::vector<TaskScores> scores =
      score_images(predictor, *questions(20, 2));
  using enum Direction;
  const std::vector<std::pair<std::string, Direction>> expected{
      {"label_accuracy", higher_is_better},
      {"top_1_accuracy", higher_is_better},
      {"mean_absolute_error", lower_is_better},
      {"mean_absolute_error", lower_is_better},
      {"mean_absolute_error", lower_is_better}};
  ASSERT_EQ(scores.size(), expected.size());
  for (std::size_t t = 0; t < scores.size(); ++t) {
    EXPECT_EQ(scores[t].metric, expected[t].first) << t;
    EXPECT_EQ(scores[t].direction, expected[t].second) << t;
  }
}

TEST(ScoreImages, CountNothingWhereNothingIsKnown) {
  Predictor predictor = trained(
      {categorical("both", {"neither", "one", "two"}), count("stripes")});
  for (const TaskScores& task : score_images(predictor, *questions(14, 2))) {
    EXPECT_EQ(task.images[6].denominator, 0.0) << task.task;
    EXPECT_EQ(task.images[13].denominator, 0.0) << task.task;
    EXPECT_EQ(task.images[0].denominator, 1.0) << task.task;
  }
}

// An amount of 100 to 120 and a tint of -3 or 0: only shares of their own
// deviations can be added, and all models' in the same ones.
TEST(ScoreImages, MeasureSeveralNumbersInDeviationsOfTheImages) {
  Predictor predictor =
      trained({regression("amount", {"sum", "tint"}), count("stripes")});
  const DatasetPtr data = questions(30, 2, /*with_missing=*/false);
  const std::vector<float> answers = predict_dataset(predictor, *data);
  const TargetStatistics spread =
      target_statistics_of(
          {regression("amount", {"sum", "tint"})},
          *select_columns(data,
                          column_uses({regression("amount", {"sum", "tint"})})))
          .front();
  EXPECT_NE(spread, predictor.model().target_statistics.front());
  const std::vector<TaskScores> scores = score_images(predictor, *data);
  std::vector<float> targets(8);
  data->read_targets(3, targets);
  const double sum = std::abs(static_cast<double>(answers[9]) - targets[5]) /
                     spread.numbers[0].deviation;
  const double tint = std::abs(static_cast<double>(answers[10]) - targets[6]) /
                      spread.numbers[1].deviation;
  EXPECT_DOUBLE_EQ(scores[0].images[3].numerator, sum + tint);
  EXPECT_EQ(scores[0].images[3].denominator, 2.0);
}

}  // namespace
}  // namespace polytask
