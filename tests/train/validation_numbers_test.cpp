// Which images a number is about, and in which unit: an epoch's numbers of
// tasks of every kind are those of an evaluation of its model, and what the
// model knows of its targets is what the training images say.

#include <gtest/gtest.h>

#include <map>

#include "polytask/evaluate/evaluate_model.h"
#include "polytask/model/model_plan.h"
#include "polytask/model/target_statistics.h"
#include "polytask/model/task_columns.h"
#include "polytask/train/batch_loss.h"
#include "polytask/train/epoch_meter.h"
#include "polytask/train/train.h"
#include "tests/train/answers_table.h"
#include "tests/train/questions.h"
#include "tests/train/recorder.h"

namespace polytask {
namespace {

using test::answers_table;
using test::every_kind;
using test::kNaN;
using test::metric;
using test::model_of;
using test::questions;

// Weights that are not 1, so that one that is forgotten is seen.
std::vector<Task> weighted_tasks() {
  std::vector<Task> tasks = every_kind();
  double weight = 0.5;
  for (Task& task : tasks) task.weight = weight += 0.75;
  return tasks;
}

double value_of(const NamedNumbers& numbers, const std::string& name) {
  for (const auto& [found, number] : numbers) {
    if (found == name) return number.value.value();
  }
  ADD_FAILURE() << "no " << name;
  return 0.0;
}

TEST(ValidationNumbers, OfEveryKindAreThoseOfTheEvaluation) {
  const DatasetPtr validation = questions(45, 2);
  Model model = model_of(weighted_tasks());
  const TrainReport report =
      train(model, {.train = questions(40, 1), .validation = validation},
            {.epochs = 2,
             .batch_size = 16,
             .threads = 2,
             .adam = {.learning_rate = 3e-3}});
  Predictor predictor(std::move(model), {.threads = 1, .batch = 10});
  const Evaluation found = evaluate_model(predictor, *validation).evaluation;
  const MetricValues& last = report.history.back().validation;
  EXPECT_NEAR(metric(last, "loss"), found.loss.value.value(), 1e-5);
  const std::map<std::string, std::vector<std::string>> names{
      {"scene", {"loss", "label_accuracy", "argmax_accuracy"}},
      {"both", {"loss", "top_1_accuracy"}},
      {"level", {"loss", "top_1_accuracy", "mean_absolute_error"}},
      {"amount", {"loss"}},
      {"stripes", {"loss", "mean_absolute_error"}}};
  for (const TaskEvaluation& task : found.tasks) {
    for (const std::string& name : names.at(task.task)) {
      EXPECT_NEAR(metric(last, task.task + "/" + name),
                  value_of(task.metrics, name), 1e-5)
          << task.task << "/" << name;
    }
  }
  for (const LabelEvaluation& number : found.tasks[3].labels) {
    EXPECT_NEAR(metric(last, "amount/mean_absolute_error/" + number.label),
                value_of(number.numbers, "mean_absolute_error"), 1e-4)
        << number.label;
  }
}

TEST(ValidationNumbers, TheModelKnowsTheTargetsOfTheTrainingImages) {
  const DatasetPtr images = questions(40, 1);
  Model model = model_of(every_kind());
  train(model, {.train = images, .validation = questions(12, 2)},
        {.epochs = 1, .batch_size = 20, .threads = 1});
  EXPECT_EQ(model.target_statistics,
            target_statistics_of(every_kind(), *images));
}

TEST(ValidationNumbers, TheLossOfABatchIsTheWeightedSumOfItsTasks) {
  const std::vector<Task> tasks = weighted_tasks();
  const DatasetPtr data = questions(20, 1);
  Model model = model_of(tasks);
  model.target_statistics = target_statistics_of(tasks, *data);
  ThreadPool pool(1);
  const auto plan = plan_model(model, {.batch = 20, .workers = 1});
  Network network(plan, pool);
  Batch batch(*data, 20, column_counts(tasks));
  std::vector<std::int64_t> images(20);
  for (std::size_t i = 0; i < images.size(); ++i) {
    images[i] = static_cast<std::int64_t>(i);
  }
  batch.load(images);
  standardise(model, batch);
  network.prepare(model.parameters);
  network.forward({.images = batch.size(), .pixels = batch.pixels().data()});
  double sum = 0.0;
  const double loss = batch_loss(model, network, batch, /*with_gradient=*/false,
                                 [&](std::size_t task, const LossValue& value) {
                                   sum += tasks[task].weight * value.loss;
                                 });
  EXPECT_NEAR(loss, sum, 1e-12 * sum);
}

// Two steps of one image; the second task is answered in one of them. Weights
// sum to the number of tasks that are there: 3 once, 2 once.
TEST(ValidationNumbers, ATaskWithoutAnAnswerInABatchHasNoWeightInIt) {
  const std::vector<Task> tasks{multilabel("a", {"x"}), multilabel("b", {"x"}),
                                multilabel("c", {"x"})};
  Model model = model_of(tasks);
  const TrainReport report = train(
      model,
      {.train = answers_table({"a/x", "b/x", "c/x"}, {{1, 0, 1}, {0, kNaN, 0}}),
       .validation = nullptr},
      {.epochs = 1,
       .batch_size = 1,
       .threads = 1,
       .weighting = {.kind = WeightingKind::gls}});
  double sum = 0.0;
  for (const char* task : {"a/weight", "b/weight", "c/weight"}) {
    sum += metric(report.history[0].weighting, task);
  }
  EXPECT_NEAR(sum, 2.5, 1e-12);
}

// Columns of a regression have units of their own.
TEST(ValidationNumbers, AnErrorOfANumberIsInItsUnit) {
  const Task task = regression("size", {"width", "height"});
  const auto meter =
      make_task_meter(task, {.numbers = {{10, 2, 11}, {0, 5, 1}}});
  const std::vector<float> logits{1, 0, 1, 0};
  const std::vector<float> targets{0.5f, 1, 1, kNaN};
  const std::vector<float> weights{1, 1, 1, 0};
  meter->add(logits, targets, weights, {.weighted_sum = 1.0, .observed = 3.0});
  EXPECT_DOUBLE_EQ(metric(meter->values(), "mean_absolute_error/width"),
                   2.0 * 0.25);
  EXPECT_DOUBLE_EQ(metric(meter->values(), "mean_absolute_error/height"),
                   5.0 * 1.0);
}

}  // namespace
}  // namespace polytask
