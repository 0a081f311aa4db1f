// Tasks of every kind in one network, labels missing wherever they like.

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "polytask/checkpoint/model_file.h"
#include "polytask/data/array_dataset.h"
#include "polytask/evaluate/evaluate_model.h"
#include "polytask/predict/predictor.h"
#include "polytask/study/hidden_answers.h"
#include "polytask/train/train.h"
#include "tests/support/expect_error.h"
#include "tests/support/temporary_folder.h"
#include "tests/train/questions.h"

namespace polytask {
namespace {

using test::every_kind;
using test::kNaN;
using test::model_of;
using test::questions;

double value_of(const NamedNumbers& numbers, const std::string& name) {
  for (const auto& [found, number] : numbers) {
    if (found == name) return number.value.value();
  }
  ADD_FAILURE() << "no " << name;
  return 0.0;
}

TEST(Tasks, OneNetworkLearnsEveryKindFromHalfMissingAnswers) {
  Model model = model_of(every_kind());
  const TrainReport report =
      train(model, {.train = questions(200, 1), .validation = questions(40, 2)},
            {.epochs = 40,
             .batch_size = 20,
             .threads = 2,
             .adam = {.learning_rate = 3e-3}});
  EXPECT_EQ(report.outcome, Outcome::finished);
  Predictor predictor(std::move(model), {.threads = 1, .batch = 10});
  const auto evaluation =
      evaluate_model(predictor, *questions(100, 5, false)).evaluation;
  const auto& tasks = evaluation.tasks;
  ASSERT_EQ(tasks.size(), 5u);
  EXPECT_GT(value_of(tasks[0].metrics, "label_accuracy"), 0.9);
  EXPECT_GT(value_of(tasks[1].metrics, "top_1_accuracy"), 0.85);
  EXPECT_GT(value_of(tasks[2].metrics, "top_1_accuracy"), 0.85);
  EXPECT_GT(value_of(tasks[3].metrics, "macro_r2"), 0.8);
  EXPECT_LT(value_of(tasks[4].metrics, "mean_absolute_error"), 0.5);
}

TEST(Tasks, NamesOfSeveralTasksCarryTheTask) {
  Model model = model_of(every_kind());
  const TrainReport report =
      train(model, {.train = questions(20, 1), .validation = nullptr},
            {.epochs = 1, .batch_size = 10, .threads = 1});
  std::vector<std::string> names;
  for (const auto& [name, value] : report.history[0].train) {
    names.push_back(name);
  }
  EXPECT_EQ(
      names,
      (std::vector<std::string>{
          "loss", "scene/loss", "scene/argmax_accuracy", "scene/label_accuracy",
          "both/loss", "both/top_1_accuracy", "level/loss",
          "level/top_1_accuracy", "level/mean_absolute_error", "amount/loss",
          "amount/mean_absolute_error/sum", "amount/mean_absolute_error/tint",
          "stripes/loss", "stripes/mean_absolute_error"}));
}

// As with one task: nothing is chosen by a loss of nothing.
TEST(Tasks, WithoutAnAnswerToJudgeByTheLastEpochIsTheBest) {
  Model model = model_of(every_kind());
  const TrainReport report =
      train(model,
            {.train = questions(20, 1),
             .validation = hide_answers(questions(10, 2), 0.999999, 1)},
            {.epochs = 3, .batch_size = 10, .threads = 1});
  EXPECT_EQ(report.best_epoch, 3);
  EXPECT_TRUE(std::isnan(report.history[0].validation.front().second));
}

TEST(Tasks, AnyNumberOfThreadsGivesTheSameBits) {
  std::vector<std::uint32_t> bits;
  for (const int threads : {1, 2, 4}) {
    Model model = model_of(every_kind());
    train(model, {.train = questions(30, 1), .validation = nullptr},
          {.epochs = 3, .batch_size = 8, .threads = threads});
    bits.push_back(test::bits_of(model));
  }
  EXPECT_EQ(bits[1], bits[0]);
  EXPECT_EQ(bits[2], bits[0]);
}

TEST(Tasks, AWeightOfZeroLeavesTheTrunkToTheOthers) {
  std::vector<Task> two{multilabel("scene", {"rows", "columns", "red"}),
                        count("stripes")};
  std::vector<Task> one{two[0]};
  two[1].weight = 0.0;
  Model both = model_of(two);
  Model alone = model_of(one);
  for (Model* model : {&both, &alone}) {
    train(*model, {.train = questions(30, 1), .validation = nullptr},
          {.epochs = 2, .batch_size = 10, .threads = 1});
  }
  const auto values = [](const Model& model, std::size_t i) {
    const auto span = model.parameters[i];
    return std::vector<float>(span.begin(), span.end());
  };
  for (std::size_t i = 0; i < alone.parameters.layout().size(); ++i) {
    EXPECT_EQ(values(both, i), values(alone, i)) << i;
  }
}

TEST(Tasks, TheModelFileKeepsWhatTheyAre) {
  const test::TemporaryFolder folder;
  std::vector<Task> tasks = every_kind();
  tasks[1].loss.class_weights = {1, 2, 3};
  tasks[2].loss.kind = LossKind::cumulative;
  tasks[3].loss = {.kind = LossKind::gaussian};
  tasks[3].weight = 0.25;
  tasks[3].head = {Dense{.units = 6, .activation = Activation::relu},
                   Dropout{.rate = 0.25}};
  Model model = model_of(tasks);
  train(model, {.train = questions(30, 1), .validation = nullptr},
        {.epochs = 1, .batch_size = 10, .threads = 1});
  save_model(model, folder / "model.safetensors");
  Model loaded = load_model(folder / "model.safetensors");
  EXPECT_EQ(loaded.spec, model.spec);
  EXPECT_EQ(loaded.target_statistics, model.target_statistics);
  const DatasetPtr data = questions(6, 9);
  Predictor before(std::move(model), {.threads = 1});
  Predictor after(std::move(loaded), {.threads = 1});
  EXPECT_EQ(predict_dataset(after, *data), predict_dataset(before, *data));
  EXPECT_EQ(before.columns(),
            (std::vector<std::string>{
                "scene/rows", "scene/columns", "scene/red", "both/neither",
                "both/one", "both/two", "level/low", "level/middle",
                "level/high", "amount/sum", "amount/tint", "stripes"}));
}

TEST(Tasks, WordsOfSeveralTasksCarryTheTask) {
  Predictor predictor(model_of(every_kind()), {.threads = 1});
  EXPECT_EQ(predictor.labels(std::vector<float>{0.9f, 0.1f, 0.6f, 0.1f, 0.8f,
                                                0.1f, 0.7f, 0.2f, 0.1f, 112.5f,
                                                -0.001f, 2.4f}),
            (std::vector<std::vector<std::string>>{
                {"scene/rows", "scene/red", "both/one", "level/low",
                 "amount/sum=112.5", "amount/tint=0", "stripes=2"}}));
}

}  // namespace
}  // namespace polytask
