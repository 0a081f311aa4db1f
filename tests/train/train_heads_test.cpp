// Heads that train behind a trunk that keeps every bit.

#include "polytask/train/train_heads.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "polytask/checkpoint/model_file.h"
#include "polytask/checkpoint/safetensors.h"
#include "polytask/data/columns.h"
#include "polytask/evaluate/evaluate_model.h"
#include "polytask/predict/predictor.h"
#include "tests/support/expect_error.h"
#include "tests/support/temporary_folder.h"
#include "tests/train/questions.h"
#include "tests/train/recorder.h"

namespace polytask {
namespace {

using test::expect_error;
using test::metric;
using test::questions;
using test::Recorder;
using test::TemporaryFolder;

Task amount() { return regression("amount", {"sum", "tint"}); }

// Trained on the labels alone.
Model old_model(const NetworkOptions& network = test::dropout_network()) {
  Model model =
      make_model({.image = {test::kSide, test::kSide, 3},
                  .network = network,
                  .tasks = {multilabel("scene", {"rows", "columns", "red"}),
                            categorical("both", {"neither", "one", "two"})}},
                 3);
  train(model, {.train = questions(120, 1), .validation = nullptr},
        {.epochs = 20,
         .batch_size = 20,
         .threads = 2,
         .adam = {.learning_rate = 3e-3}});
  return model;
}

Model with_amount(const Model& old) { return add_tasks(old, {amount()}, 5); }

// Of the new task alone: the columns of the others are not there.
DatasetPtr only_amounts(int size, unsigned seed) {
  return select_columns(questions(size, seed), {{.task = "amount",
                                                 .kind = ColumnKind::number,
                                                 .members = {"sum", "tint"},
                                                 .classes = {}}});
}

TrainData data_of() {
  return {.train = only_amounts(90, 4), .validation = only_amounts(30, 5)};
}

TrainOptions options_for(int epochs, int threads = 2) {
  return {.epochs = epochs,
          .batch_size = 16,
          .threads = threads,
          .adam = {.learning_rate = 1e-2},
          .only_heads = {"amount"}};
}

// Every array but those of the new head.
void expect_same_old_arrays(const Model& found, const Model& old) {
  const auto& specs = old.parameters.layout().specs();
  ASSERT_EQ(found.parameters.layout().size(), specs.size() + 2);
  for (std::size_t i = 0; i < specs.size(); ++i) {
    ASSERT_EQ(found.parameters.layout().specs()[i], specs[i]);
    EXPECT_TRUE(std::ranges::equal(found.parameters[i], old.parameters[i]))
        << specs[i].name;
  }
}

std::vector<float> answers_of(const Model& model, const std::string& file) {
  save_model(model, file);
  Predictor predictor(load_model(file), {.threads = 1, .batch = 7});
  const DatasetPtr data = questions(21, 9);
  std::vector<std::byte> pixels(21 * data->spec().bytes_per_image());
  for (std::int64_t i = 0; i < 21; ++i) {
    data->read_image(
        i, std::span(pixels).subspan(
               static_cast<std::size_t>(i) * data->spec().bytes_per_image(),
               data->spec().bytes_per_image()));
  }
  return predictor.answers({.count = 21, .pixels = pixels});
}

// The frozen trunk hands images on, and the new head has a convolution.
TEST(TrainHeads, AHeadOfImagesLearnsBehindATrunkThatEndsInAnImage) {
  constexpr auto kRelu = Activation::relu;
  Task scene = multilabel("scene", {"rows", "columns", "red"});
  scene.head = {Flatten{}};
  Task both = categorical("both", {"neither", "one", "two"});
  both.head = {Conv2D{.filters = 4, .activation = kRelu}, Flatten{}};
  Model old = make_model({.image = {test::kSide, test::kSide, 3},
                          .network = {.trunk = {Conv2D{.filters = 8,
                                                       .padding = Padding::same,
                                                       .activation = kRelu},
                                                MaxPooling2D{}}},
                          .tasks = {scene, both}},
                         3);
  train(old, {.train = questions(60, 1), .validation = nullptr},
        {.epochs = 3, .batch_size = 20});
  Task wanted = amount();
  wanted.head = {
      Conv2D{.filters = 8, .padding = Padding::same, .activation = kRelu},
      Dropout{.rate = 0.1}, Flatten{}, Dense{.units = 8, .activation = kRelu}};
  Model model = add_tasks(old, {wanted}, 5);
  const TrainReport report = train(model, data_of(), options_for(25));
  const auto& history = report.history;
  EXPECT_LT(metric(history.back().validation, "loss"),
            0.5 * metric(history.front().validation, "loss"));
  const auto& specs = model.parameters.layout().specs();
  std::size_t kept = 0;
  for (std::size_t i = 0; i < old.parameters.layout().size(); ++i) {
    const auto at =
        std::ranges::find(specs, old.parameters.layout().specs()[i]);
    ASSERT_NE(at, specs.end());
    kept += std::ranges::equal(
        model.parameters[static_cast<std::size_t>(at - specs.begin())],
        old.parameters[i]);
  }
  EXPECT_EQ(kept, old.parameters.layout().size());

  // Alone behind the features and in its place the head says the same.
  Predictor predictor(std::move(model), {.threads = 1, .batch = 10});
  const auto evaluated =
      evaluate_model(predictor, *questions(30, 5)).evaluation.tasks;
  ASSERT_EQ(evaluated[2].labels.size(), 2u);
  for (const auto& label : evaluated[2].labels) {
    for (const auto& [name, number] : label.numbers) {
      if (name != "mean_absolute_error") continue;
      EXPECT_NEAR(number.value.value(),
                  metric(history.back().validation,
                         "mean_absolute_error/" + label.label),
                  1e-4);
    }
  }
}

// The old tasks' losses are as they were.
TEST(TrainHeads, ABalancedLossOfANewHeadGetsItsNumbers) {
  const TrainData data{.train = questions(60, 4), .validation = nullptr};
  Model old = make_model({.image = {test::kSide, test::kSide, 3},
                          .network = test::dropout_network(),
                          .tasks = {amount()}},
                         3);
  train(old, data, {.epochs = 1, .batch_size = 20});
  Task both = categorical("both", {"neither", "one", "two"});
  both.loss.balanced = true;
  Model model = add_tasks(old, {both}, 5);
  TrainOptions options = options_for(1);
  options.only_heads = {"both"};
  train(model, data, options);
  EXPECT_FALSE(model.spec.tasks[1].loss.balanced);
  EXPECT_EQ(model.spec.tasks[1].loss.class_weights.size(), 3u);
  EXPECT_EQ(model.spec.tasks[0], old.spec.tasks[0]);
}

TEST(TrainHeads, TrunkAndOldHeadsKeepEveryBitAndOldAnswersTheirs) {
  const TemporaryFolder folder;
  const Model old = old_model();
  Model model = with_amount(old);
  const TrainReport report = train(model, data_of(), options_for(5));
  EXPECT_EQ(report.outcome, Outcome::finished);
  expect_same_old_arrays(model, old);
  const std::vector<TargetStatistics>& now = model.target_statistics;
  ASSERT_EQ(now.size(), 3u);
  EXPECT_EQ(now[0], old.target_statistics[0]);
  EXPECT_EQ(now[1], old.target_statistics[1]);
  EXPECT_FALSE(std::isnan(now[2].numbers.at(0).mean));
  const std::vector<float> before =
      answers_of(old, (folder / "old.safetensors").string());
  const std::vector<float> after =
      answers_of(model, (folder / "new.safetensors").string());
  ASSERT_EQ(before.size(), 21u * 6u);
  ASSERT_EQ(after.size(), 21u * 8u);
  for (std::size_t i = 0; i < 21; ++i) {
    for (std::size_t c = 0; c < 6; ++c) {
      ASSERT_EQ(after[i * 8 + c], before[i * 6 + c]) << i << ' ' << c;
    }
  }
}

TEST(TrainHeads, TheNewHeadLearns) {
  Model model = with_amount(old_model());
  const TrainReport report = train(model, data_of(), options_for(60));
  // In standard deviations: two numbers, each 1 for the constant answer.
  EXPECT_LT(metric(report.history.back().validation, "loss"), 0.8);
  EXPECT_GT(metric(report.history.front().train, "loss"), 1.5);
}

// The trunk has no dropout here, so both see the same features.
TEST(TrainHeads, AStepChangesTheHeadAsAStepOfTheWholeNetworkDoes) {
  const Model old = old_model(test::plain_network());
  Model frozen = with_amount(old);
  Model whole = with_amount(old);
  const TrainData data{.train = questions(130, 4), .validation = nullptr};
  TrainOptions options = options_for(1);
  options.batch_size = 130;  // one step, more images than the trunk takes
  // So that the step depends on the gradient's size, not on its sign alone.
  options.adam.epsilon = 1.0;
  train(frozen, data, options);
  options.only_heads.clear();
  train(whole, data, options);
  const std::size_t arrays = frozen.parameters.layout().size();
  EXPECT_FALSE(std::ranges::equal(whole.parameters[0], frozen.parameters[0]));
  for (std::size_t i = arrays - 2; i < arrays; ++i) {
    EXPECT_TRUE(std::ranges::equal(whole.parameters[i], frozen.parameters[i]))
        << frozen.parameters.layout().specs()[i].name;
  }
}

TEST(TrainHeads, AnyNumberOfThreadsGivesTheSameBits) {
  const Model old = old_model();
  std::vector<std::uint32_t> bits;
  for (const int threads : {1, 2, 4}) {
    Model model = with_amount(old);
    train(model, data_of(), options_for(3, threads));
    bits.push_back(test::bits_of(model));
  }
  EXPECT_EQ(bits[1], bits[0]);
  EXPECT_EQ(bits[2], bits[0]);
}

TEST(TrainHeads, SeveralHeadsWithLayersOfTheirOwnTrainTogether) {
  const Model old = old_model();
  Task level = ordinal("level", {"low", "middle", "high"});
  level.head = {Dense{.units = 8, .activation = Activation::relu},
                Dropout{.rate = 0.2}};
  Model model = add_tasks(old, {level, amount()}, 5);
  TrainOptions options = options_for(10);
  options.only_heads = {"amount", "level"};
  const TrainReport report =
      train(model, {.train = questions(90, 4), .validation = questions(30, 5)},
            options);
  EXPECT_LT(metric(report.history.back().train, "level/loss"),
            metric(report.history.front().train, "level/loss"));
  EXPECT_LT(metric(report.history.back().train, "amount/loss"),
            metric(report.history.front().train, "amount/loss"));
  EXPECT_EQ(report.history.back().train.size(), 1u + 3u + 3u);
}

TEST(TrainHeads, ItsFilesHoldTheWholeModelAndMomentsOfTheHeadAlone) {
  const TemporaryFolder folder;
  const Model old = old_model();
  Model model = with_amount(old);
  model.notes["start"] = "old";
  train(model, {.train = only_amounts(90, 4), .validation = nullptr},
        options_for(2), {.folder = folder / "run"});
  const Model saved = load_model(folder / "run" / "model.safetensors");
  EXPECT_EQ(saved.spec, model.spec);
  EXPECT_EQ(saved.target_statistics, model.target_statistics);
  EXPECT_EQ(saved.notes, model.notes);
  EXPECT_EQ(test::values_of(saved), test::values_of(model));
  const SafetensorsFile checkpoint(folder / "run" / "checkpoints" /
                                   "epoch-0002.safetensors");
  std::vector<std::string> names;
  for (const TensorView& tensor : checkpoint.tensors()) {
    if (tensor.name.starts_with("training/")) names.push_back(tensor.name);
  }
  EXPECT_EQ(names, (std::vector<std::string>{"training/adam_m/amount/kernel",
                                             "training/adam_m/amount/bias",
                                             "training/adam_v/amount/kernel",
                                             "training/adam_v/amount/bias"}));
}

TEST(TrainHeads, TheAverageOfTheHeadIsWhatIsSaved) {
  const TemporaryFolder folder;
  const Model old = old_model();
  Model model = with_amount(old);
  TrainOptions options = options_for(2);
  options.adam.ema_momentum = 0.9;
  train(model, {.train = only_amounts(90, 4), .validation = nullptr}, options,
        {.folder = folder / "run"});
  EXPECT_EQ(test::values_of(load_model(folder / "run" / "model.safetensors")),
            test::values_of(model));
  const SafetensorsFile checkpoint(folder / "run" / "checkpoints" /
                                   "epoch-0002.safetensors");
  const TensorView* last = checkpoint.find("amount/kernel");
  const TensorView* average = checkpoint.find("training/average/amount/kernel");
  ASSERT_NE(last, nullptr);
  ASSERT_NE(average, nullptr);
  EXPECT_FALSE(std::ranges::equal(last->values, average->values));
}

TEST(TrainHeads, AStoppedRunGoesOnBitForBit) {
  const TemporaryFolder folder;
  const Model old = old_model();
  Model straight = with_amount(old);
  train(straight, data_of(), options_for(5));
  std::atomic<bool> stop = false;
  Recorder recorder;
  recorder.step = [&](const StepReport& at) {
    if (at.epoch == 3 && at.step == 2) stop = true;
  };
  Model first = with_amount(old);
  const TrainReport stopped =
      train(first, data_of(), options_for(5),
            {.folder = folder / "run", .observer = &recorder, .stop = &stop});
  EXPECT_EQ(stopped.outcome, Outcome::interrupted);
  EXPECT_EQ(stopped.history.size(), 2u);
  Model second = with_amount(old);
  const TrainReport resumed = train(second, data_of(), options_for(5),
                                    {.folder = folder / "run", .resume = true});
  EXPECT_EQ(resumed.outcome, Outcome::finished);
  EXPECT_EQ(test::values_of(second), test::values_of(straight));
}

TEST(TrainHeads, AnotherTrunkOnResumeIsRefused) {
  const TemporaryFolder folder;
  const Model old = old_model();
  Model model = with_amount(old);
  train(model, data_of(), options_for(1), {.folder = folder / "run"});
  Model other = with_amount(old);
  other.parameters[0][0] += 1.0f;
  test::expect_error_parts(Fault::config, {"\n  - training_data_crc32c: "},
                           [&] {
                             train(other, data_of(), options_for(2),
                                   {.folder = folder / "run", .resume = true});
                           });
  Model thawed = with_amount(old);
  TrainOptions options = options_for(2);
  options.only_heads.clear();
  test::expect_error_parts(
      Fault::config,
      {"\n  - only_heads: amount in the checkpoint, none in this run"}, [&] {
        train(thawed,
              {.train = questions(90, 4), .validation = questions(30, 5)},
              options, {.folder = folder / "run", .resume = true});
      });
}

TEST(TrainHeads, TheTrunkLooksAtEveryImageOnce) {
  Model model = with_amount(old_model());
  Recorder recorder;
  TrainOptions options = options_for(2);
  options.batch_size = 130;
  train(model,
        {.train = only_amounts(130, 4), .validation = only_amounts(30, 5)},
        options, {.observer = &recorder});
  EXPECT_EQ(recorder.events,
            (std::vector<std::string>{
                "features 100 of 130", "features 130 of 130",
                "features 30 of 30", "start", "step 1.1", "validation 1",
                "epoch 1", "step 2.1", "validation 2", "epoch 2"}));
}

TEST(TrainHeads, ItSaysHowManyParametersLearn) {
  const Model old = old_model();
  Model model = with_amount(old);
  Recorder recorder;
  train(model, data_of(), options_for(1), {.observer = &recorder});
  EXPECT_EQ(recorder.starts.at(0).learning_parameters, 12u * 2u + 2u);
  EXPECT_EQ(recorder.starts.at(0).frozen_parameters,
            old.parameters.layout().parameter_count());
  Recorder all;
  train(model, {.train = questions(30, 1), .validation = nullptr},
        {.epochs = 1, .batch_size = 10}, {.observer = &all});
  EXPECT_EQ(all.starts.at(0).learning_parameters,
            model.parameters.layout().parameter_count());
  EXPECT_EQ(all.starts.at(0).frozen_parameters, 0u);
}

TEST(TrainHeads, AStopBeforeTheFirstStepSaysSo) {
  Model model = with_amount(old_model());
  const std::atomic<bool> stop = true;
  const TrainReport report =
      train(model, data_of(), options_for(1), {.stop = &stop});
  EXPECT_EQ(report.outcome, Outcome::interrupted);
  EXPECT_EQ(report.message,
            "stopped while the trunk looked at the images, before any step");
}

TEST(TrainHeads, AHeadThatIsNotThereIsRefused) {
  Model model = with_amount(old_model());
  TrainOptions options = options_for(1);
  options.only_heads = {"amount", "level"};
  expect_error(Fault::config,
               "only_heads: expected tasks of the model (scene, both, amount), "
               "got level",
               [&] { train(model, data_of(), options); });
}

TEST(TrainHeads, WhatNeedsASharedTrunkIsRefused) {
  TrainOptions options = options_for(1);
  options.weighting.kind = WeightingKind::pcgrad;
  options.record_conflicts = true;
  EXPECT_EQ(problems(options),
            (std::vector<std::string>{
                "train.weighting.kind: expected equal where only heads learn, "
                "which share nothing, got pcgrad",
                "train.record_conflicts: expected false where only heads "
                "learn, which share nothing, got true"}));
}

TEST(TrainHeads, ATaskWithoutAnyAnswerIsRefused) {
  Model model = add_tasks(old_model(), {count("people")}, 5);
  TrainOptions options = options_for(1);
  options.only_heads = {"people"};
  expect_error(Fault::data,
               "the training data and the model do not fit:\n"
               "  - the data does not answer every task; it has the columns "
               "amount/sum, amount/tint:\n"
               "  - task people: no column people",
               [&] { train(model, data_of(), options); });
}

}  // namespace
}  // namespace polytask
