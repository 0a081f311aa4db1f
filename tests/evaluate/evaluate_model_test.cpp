#include "polytask/evaluate/evaluate_model.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "polytask/data/dataset.h"
#include "polytask/task/multi_task_loss.h"
#include "polytask/train/train.h"
#include "tests/support/expect_error.h"
#include "tests/train/answers_table.h"
#include "tests/train/questions.h"
#include "tests/train/stripes.h"

namespace polytask {
namespace {

using test::expect_error;
using test::model_for;
using test::stripes;

// Learned "rows", "columns" and "red" on stripes().
Predictor trained(int batch = 16) {
  const DatasetPtr data = stripes({.size = 32});
  Model model = model_for(data, test::plain_network());
  train(model, {.train = data, .validation = nullptr},
        {.epochs = 8,
         .batch_size = 16,
         .threads = 1,
         .adam = {.learning_rate = 0.01}});
  model.target_statistics = {{.shares = {0.5, 0.5, 0.25}}};
  return Predictor(std::move(model), {.threads = 1, .batch = batch});
}

// The images of `data` with its label columns in another order and of other
// names.
class Relabelled final : public Dataset {
 public:
  Relabelled(DatasetPtr data, std::vector<std::string> names,
             std::vector<std::size_t> columns)
      : data_(std::move(data)), spec_(data_->spec()), columns_(columns) {
    spec_.labels = std::move(names);
  }
  const DatasetSpec& spec() const override { return spec_; }
  std::int64_t size() const override { return data_->size(); }
  void read_image(std::int64_t index,
                  std::span<std::byte> image) const override {
    data_->read_image(index, image);
  }
  void read_targets(std::int64_t index,
                    std::span<float> targets) const override {
    std::vector<float> row(data_->spec().labels.size());
    data_->read_targets(index, row);
    for (std::size_t i = 0; i < columns_.size(); ++i) {
      targets[i] = row[columns_[i]];
    }
  }
  std::string image_name(std::int64_t index) const override {
    return data_->image_name(index);
  }

 private:
  DatasetPtr data_;
  DatasetSpec spec_;
  std::vector<std::size_t> columns_;
};

double value_of(const NamedNumbers& numbers, const std::string& name) {
  for (const auto& [key, number] : numbers) {
    if (key == name) return number.value.value();
  }
  ADD_FAILURE() << "no " << name;
  return std::nan("");
}

TEST(EvaluateModel, LossIsThatOfTheProbabilities) {
  Predictor predictor = trained();
  const DatasetPtr data = stripes({.size = 21, .seed = 3, .unlabelled = {4}});
  const ModelEvaluation result = evaluate_model(predictor, *data);
  std::vector<float> targets;
  std::vector<float> row(3);
  for (std::int64_t i = 0; i < 21; ++i) {
    data->read_targets(i, row);
    targets.insert(targets.end(), row.begin(), row.end());
  }
  const Number& loss = result.evaluation.loss;
  EXPECT_NEAR(loss.value.value(),
              multi_task_loss(result.answers, targets, 3).loss, 1e-6);
  EXPECT_LT(loss.low.value(), loss.value.value());
  EXPECT_GT(loss.high.value(), loss.value.value());
  EXPECT_TRUE(loss.baseline.has_value());
}

// Probabilities of 1/2 lose log 2 a label, whichever images are drawn and
// however many of them have labels.
TEST(EvaluateModel, IntervalOfTheLossIsOfWhatIsObserved) {
  const DatasetPtr data =
      stripes({.size = 21, .seed = 3, .unlabelled = {4, 5, 6}});
  Model model = model_for(data, test::plain_network());
  std::ranges::fill(model.parameters.flat(), 0.0f);
  Predictor predictor(std::move(model), {.threads = 1});
  const Number loss = evaluate_model(predictor, *data).evaluation.loss;
  EXPECT_NEAR(loss.value.value(), 3.0 * std::log(2.0), 1e-12);
  EXPECT_NEAR(loss.low.value(), 3.0 * std::log(2.0), 1e-12);
  EXPECT_NEAR(loss.high.value(), 3.0 * std::log(2.0), 1e-12);
  EXPECT_EQ(loss.n, 18);
}

// The loss that training shows; a weight is one among several.
TEST(EvaluateModel, TheWeightOfASingleTaskIsNotInItsLoss) {
  const DatasetPtr data = stripes({.size = 21, .seed = 3});
  std::vector<Number> losses;
  for (const double weight : {1.0, 0.25}) {
    Model model = model_for(data, test::plain_network());
    model.spec.tasks.front().weight = weight;
    const TrainReport report =
        train(model, {.train = data, .validation = data},
              {.epochs = 1, .batch_size = 21, .adam = {.learning_rate = 1e-9}});
    Predictor predictor(std::move(model));
    losses.push_back(evaluate_model(predictor, *data).evaluation.loss);
    EXPECT_NEAR(losses.back().value.value(),
                report.history.front().validation.front().second, 1e-6);
  }
  EXPECT_NEAR(losses[1].value.value(), losses[0].value.value(), 1e-6);
  EXPECT_EQ(losses[1].baseline, losses[0].baseline);
}

TEST(EvaluateModel, SaysWhatItCounted) {
  Predictor predictor = trained();
  const DatasetPtr data = stripes({.size = 21, .seed = 3});
  const Evaluation found = evaluate_model(predictor, *data).evaluation;
  EXPECT_EQ(found.images, 21);
  ASSERT_EQ(found.tasks.size(), 1u);
  EXPECT_EQ(found.tasks[0].task, "scene");
  EXPECT_EQ(found.tasks[0].kind, "multilabel");
  ASSERT_EQ(found.tasks[0].labels.size(), 3u);
  EXPECT_EQ(found.tasks[0].labels[2].label, "red");
  EXPECT_EQ(found.tasks[0].labels[2].confusion.observed(), 21);
}

TEST(EvaluateModel, PredictsManyImagesAsFew) {
  Predictor many = trained(100);
  Predictor few = trained(7);
  const DatasetPtr data = stripes({.size = 230, .seed = 3});
  const std::vector<float> a = predict_dataset(many, *data);
  const std::vector<float> b = predict_dataset(few, *data);
  ASSERT_EQ(a.size(), 230u * 3u);
  ASSERT_EQ(b.size(), a.size());
  for (std::size_t i = 0; i < a.size(); ++i) ASSERT_NEAR(a[i], b[i], 2e-6);
}

TEST(EvaluateModel, LabelsInAnotherOrderAreMatchedByName) {
  Predictor predictor = trained();
  const DatasetPtr data = stripes({.size = 32, .seed = 3});
  const Relabelled turned(data, {"red", "rows", "columns"}, {2, 0, 1});
  const Evaluation a = evaluate_model(predictor, *data).evaluation;
  const Evaluation b = evaluate_model(predictor, turned).evaluation;
  EXPECT_EQ(a.loss.value, b.loss.value);
  EXPECT_EQ(value_of(a.tasks[0].metrics, "label_accuracy"),
            value_of(b.tasks[0].metrics, "label_accuracy"));
  EXPECT_GT(value_of(a.tasks[0].metrics, "label_accuracy"), 0.6);
}

TEST(EvaluateModel, LabelsTheModelDoesNotKnowAreLeftAlone) {
  Predictor predictor = trained();
  const DatasetPtr data = stripes({.size = 16, .seed = 3});
  const Relabelled more(data, {"rows", "other", "columns", "red"},
                        {0, 2, 1, 2});
  EXPECT_EQ(evaluate_model(predictor, more).evaluation.loss.value,
            evaluate_model(predictor, *data).evaluation.loss.value);
}

TEST(EvaluateModel, LabelsWithoutNamesAreMatchedByPosition) {
  Predictor predictor = trained();
  const DatasetPtr data = stripes({.size = 16, .seed = 3});
  const Relabelled unnamed(data, {"label_0", "label_1", "label_2"}, {0, 1, 2});
  EXPECT_EQ(evaluate_model(predictor, unnamed).evaluation.loss.value,
            evaluate_model(predictor, *data).evaluation.loss.value);
}

TEST(EvaluateModel, TheBaselineIsThePriorOfTheModel) {
  Predictor predictor = trained();
  const DatasetPtr data = stripes({.size = 16, .seed = 3});
  double sum = 0.0;
  std::vector<float> row(3);
  for (std::int64_t i = 0; i < 16; ++i) {
    data->read_targets(i, row);
    const double priors[] = {0.5, 0.5, 0.25};
    for (std::size_t l = 0; l < 3; ++l) {
      sum -= std::log(row[l] > 0.5f ? priors[l] : 1.0 - priors[l]);
    }
  }
  EXPECT_NEAR(evaluate_model(predictor, *data).evaluation.loss.baseline.value(),
              sum / 16.0, 1e-6);
}

TEST(EvaluateModel, ImagesWithoutAnyLabelHaveNoLoss) {
  Predictor predictor = trained();
  const DatasetPtr data = stripes({.size = 2, .unlabelled = {0, 1}});
  const Evaluation found = evaluate_model(predictor, *data).evaluation;
  EXPECT_FALSE(found.loss.value.has_value());
  EXPECT_FALSE(found.loss.reason.empty());
}

TEST(EvaluateModel, NamesEverythingThatDoesNotFit) {
  Predictor predictor(
      make_model({.image = {12, 12, 3},
                  .network = test::plain_network(),
                  .tasks = {multilabel("scene", {"rows", "sea", "sky"})}},
                 1),
      {.threads = 1});
  expect_error(
      Fault::data,
      "model and data do not fit:\n"
      "  - the model takes images [12, 12, 3], the data has "
      "[10, 10, 3]; resize the images, or train on this size\n"
      "  - the data does not answer every task; it has the columns rows, "
      "columns, red:\n"
      "  - task scene: no column sea, sky",
      [&] { (void)evaluate_model(predictor, *stripes()); });
}

TEST(EvaluateModel, DataWithoutLabelsSaysSo) {
  Predictor predictor = trained();
  const Relabelled none(stripes(), {}, {});
  expect_error(
      Fault::data,
      "the data does not answer every task; it has no columns of answers:\n"
      "  - task scene: no column rows, columns, red",
      [&] { (void)evaluate_model(predictor, none); });
}

const Number& metric_of(const TaskEvaluation& task, const std::string& name) {
  for (const auto& [key, number] : task.metrics) {
    if (key == name) return number;
  }
  ADD_FAILURE() << task.task << " has no " << name;
  static const Number none;
  return none;
}

// A distance of mean 110 and deviation 20 in the training, a label, and
// a count of median 2 and mean 1.5.
Predictor of_several_kinds() {
  Task distance = regression("distance");
  distance.weight = 3.0;
  Task people = count("people");
  people.weight = 0.25;
  Model model =
      make_model({.image = {test::kSide, test::kSide, 3},
                  .network = test::plain_network(),
                  .tasks = {distance, multilabel("scene", {"red"}), people}},
                 3);
  model.target_statistics = {{.numbers = {{110.0, 20.0, 100.0}}},
                             {.shares = {0.5}},
                             {.numbers = {{1.5, 1.0, 2.0}}}};
  return Predictor(std::move(model), {.threads = 1, .batch = 16});
}

// Images of stripes() with a distance of 100 or 120, "red", and 0 or 3 people.
class Amounts final : public Dataset {
 public:
  Amounts() : data_(stripes({.size = 12, .seed = 3})), spec_(data_->spec()) {
    spec_.labels = {"distance", "red", "people"};
  }
  const DatasetSpec& spec() const override { return spec_; }
  std::int64_t size() const override { return data_->size(); }
  void read_image(std::int64_t i, std::span<std::byte> image) const override {
    data_->read_image(i, image);
  }
  void read_targets(std::int64_t i, std::span<float> targets) const override {
    std::vector<float> y(3);
    data_->read_targets(i, y);
    targets[0] = y[0] > 0.5f ? 120.0f : 100.0f;
    targets[1] = y[2];
    targets[2] = y[1] > 0.5f ? 3.0f : 0.0f;
  }
  std::string image_name(std::int64_t i) const override {
    return data_->image_name(i);
  }

 private:
  DatasetPtr data_;
  DatasetSpec spec_;
};

// A regression's loss is in its training's deviations: of mean squared error
// that of the metric / 20^2.
TEST(EvaluateModel, LossOfARegressionIsInDeviations) {
  Predictor predictor = of_several_kinds();
  const ModelEvaluation found = evaluate_model(predictor, Amounts());
  const TaskEvaluation& distance = found.evaluation.tasks[0];
  const double rmse = *metric_of(distance, "root_mean_squared_error").value;
  EXPECT_GT(rmse, 1.0);
  EXPECT_NEAR(*metric_of(distance, "loss").value, rmse * rmse / 400.0, 1e-5);
}

TEST(EvaluateModel, LossIsTheWeightedSumOfTheTasks) {
  Predictor predictor = of_several_kinds();
  const Evaluation found = evaluate_model(predictor, Amounts()).evaluation;
  ASSERT_EQ(found.tasks.size(), 3u);
  const auto loss = [&](std::size_t task) {
    return *metric_of(found.tasks[task], "loss").value;
  };
  EXPECT_GT(loss(0), 0.1);
  EXPECT_GT(loss(2), 0.1);
  EXPECT_NEAR(*found.loss.value, 3.0 * loss(0) + loss(1) + 0.25 * loss(2),
              1e-9);
}

// An ordinal task of three classes has two logits and three answers.
TEST(EvaluateModel, TheLossOfATaskIsThatOfItsOwnLogits) {
  Predictor predictor(
      test::model_of({ordinal("level", {"low", "middle", "high"}),
                      multilabel("scene", {"rows", "columns", "red"})}),
      {.threads = 1});
  const DatasetPtr data = test::questions(20, 2, /*with_missing=*/false);
  const ModelEvaluation found = evaluate_model(predictor, *data);
  std::vector<float> probabilities;
  std::vector<float> targets;
  std::vector<float> row(8);
  for (std::size_t i = 0; i < 20; ++i) {
    data->read_targets(static_cast<std::int64_t>(i), row);
    targets.insert(targets.end(), row.begin(), row.begin() + 3);
    for (std::size_t l = 3; l < 6; ++l) {
      probabilities.push_back(found.answers[6 * i + l]);
    }
  }
  EXPECT_NEAR(*metric_of(found.evaluation.tasks[1], "loss").value,
              multi_task_loss(probabilities, targets, 3).loss, 1e-5);
}

TEST(EvaluateModel, LossCountsImagesOfWhichSomeTaskKnowsSomething) {
  Predictor predictor(
      test::model_of({multilabel("one", {"a"}), multilabel("two", {"b"})}),
      {.threads = 1});
  const DatasetPtr data = test::answers_table(
      {"one/a", "two/b"},
      {{1, test::kNaN}, {test::kNaN, 1}, {test::kNaN, test::kNaN}, {1, 0}});
  const Evaluation found = evaluate_model(predictor, *data).evaluation;
  EXPECT_EQ(found.loss.n, 3);
  EXPECT_EQ(metric_of(found.tasks[0], "loss").n, 2);
}

// Known of the plain cross-entropy alone.
TEST(EvaluateModel, AnotherLossHasNoBaseline) {
  const DatasetPtr data = stripes({.size = 8, .seed = 3});
  Model model = model_for(data, test::plain_network());
  model.spec.tasks.front().loss.kind = LossKind::focal;
  Predictor predictor(std::move(model), {.threads = 1});
  const Number loss = evaluate_model(predictor, *data).evaluation.loss;
  EXPECT_TRUE(loss.value);
  EXPECT_EQ(loss.baseline, std::nullopt);
}

// The training's median, 2, not the images' own, 0 or 3.
TEST(EvaluateModel, ACountIsBesideTheMedianOfTheTraining) {
  Predictor predictor = of_several_kinds();
  const Amounts data;
  const Evaluation found = evaluate_model(predictor, data).evaluation;
  double error = 0.0;
  double within_one = 0.0;
  std::vector<float> row(3);
  for (std::int64_t i = 0; i < data.size(); ++i) {
    data.read_targets(i, row);
    error += std::abs(row[2] - 2.0) / 12.0;
    within_one += std::abs(row[2] - 2.0) <= 1.0 ? 1.0 / 12.0 : 0.0;
  }
  const TaskEvaluation& people = found.tasks[2];
  EXPECT_NEAR(*metric_of(people, "mean_absolute_error").baseline, error, 1e-12);
  EXPECT_NEAR(*metric_of(people, "within_one_accuracy").baseline, within_one,
              1e-12);
  EXPECT_EQ(metric_of(people, "exact_accuracy").baseline, 0.0);
}

TEST(EvaluateModel, DataWithoutImagesSaysSo) {
  Predictor predictor = trained();
  expect_error(
      Fault::data,
      "model and data do not fit:\n"
      "  - the data has no images",
      [&] { (void)evaluate_model(predictor, *subset(stripes(), {})); });
}

// "scene" as in trained(), and "tint", which looks at red alone.
Predictor of_two_tasks() {
  Model model = add_tasks(model_for(stripes(), test::plain_network()),
                          {multilabel("tint", {"reddish"})}, 2);
  model.target_statistics = {{.shares = {0.5, 0.5, 0.25}}, {.shares = {0.25}}};
  return Predictor(std::move(model), {.threads = 1, .batch = 16});
}

TEST(EvaluateModel, OfSeveralTasksThoseWithAColumnAreJudged) {
  Predictor predictor = of_two_tasks();
  const Relabelled both(stripes(), {"rows", "columns", "red", "reddish"},
                        {0, 1, 2, 2});
  const Relabelled tint(stripes(), {"tint/reddish"}, {2});
  const ModelEvaluation all = evaluate_model(predictor, both);
  EXPECT_TRUE(all.not_judged.empty());
  ASSERT_EQ(all.evaluation.tasks.size(), 2u);
  const ModelEvaluation one = evaluate_model(predictor, tint);
  EXPECT_EQ(one.not_judged, std::vector<std::string>{"scene"});
  ASSERT_EQ(one.evaluation.tasks.size(), 1u);
  EXPECT_EQ(one.evaluation.tasks[0].task, "tint");
  EXPECT_EQ(one.answers, all.answers);
  EXPECT_EQ(one.evaluation.loss.value,
            all.evaluation.tasks[1].metrics[0].second.value);
  EXPECT_TRUE(one.evaluation.loss.baseline.has_value());
}

TEST(EvaluateModel, DataThatAnswersNoTaskOrHalfOfOneIsRefused) {
  Predictor predictor = of_two_tasks();
  const Relabelled none(stripes(), {"sea"}, {2});
  expect_error(Fault::data,
               "the data does not answer every task; it has the columns sea:\n"
               "  - task scene: no column rows, columns, red\n"
               "  - task tint: no column reddish",
               [&] { (void)evaluate_model(predictor, none); });
  const Relabelled half(stripes(), {"rows", "columns"}, {0, 1});
  expect_error(Fault::data,
               "the data does not answer every task; it has the columns rows, "
               "columns:\n"
               "  - task scene: no column red",
               [&] { (void)evaluate_model(predictor, half); });
}

TEST(PredictDataset, ImagesOfAnotherSizeAreRefused) {
  Predictor predictor(make_model({.image = {12, 12, 3},
                                  .network = test::plain_network(),
                                  .tasks = {multilabel("scene", {"a"})}},
                                 1),
                      {.threads = 1});
  expect_error(Fault::data,
               "model and data do not fit:\n"
               "  - the model takes images [12, 12, 3], the data has "
               "[10, 10, 3]; resize the images, or train on this size",
               [&] { (void)predict_dataset(predictor, *stripes()); });
}

}  // namespace
}  // namespace polytask
