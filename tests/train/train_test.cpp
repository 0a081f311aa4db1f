#include "polytask/train/train.h"

#include <gtest/gtest.h>

#include <cmath>

#include "polytask/checkpoint/model_file.h"
#include "polytask/data/dataset.h"
#include "polytask/evaluate/evaluate_model.h"
#include "tests/support/temporary_folder.h"
#include "tests/train/recorder.h"
#include "tests/train/stripes.h"

namespace polytask {
namespace {

using test::dropout_network;
using test::metric;
using test::model_for;
using test::plain_network;
using test::Recorder;
using test::stripes;
using test::TemporaryFolder;

TrainOptions short_run(int threads = 1) {
  return {.epochs = 3, .batch_size = 16, .threads = threads};
}

// What three epochs with dropout make of a fresh model.
std::uint32_t bits_after(const TrainOptions& options, int images = 40) {
  const DatasetPtr data = stripes({.size = images});
  Model model = model_for(data, dropout_network());
  train(model, {.train = data, .validation = stripes({.size = 8, .seed = 2})},
        options);
  return test::bits_of(model);
}

TEST(Train, OverfitsSixteenImages) {
  const DatasetPtr data = stripes();
  Model model = model_for(data, plain_network());
  const TrainReport report =
      train(model, {.train = data, .validation = nullptr},
            {.epochs = 150,
             .batch_size = 16,
             .threads = 1,
             .adam = {.learning_rate = 0.02}});
  EXPECT_EQ(report.outcome, Outcome::finished);
  EXPECT_EQ(report.message, "");
  const MetricValues& last = report.history.back().train;
  EXPECT_LT(metric(last, "loss"), 1e-3);
  EXPECT_EQ(metric(last, "label_accuracy"), 1.0);
}

TEST(Train, LearnsWhatCarriesOverToOtherImages) {
  const DatasetPtr data = stripes({.size = 64});
  Model model = model_for(data, plain_network());
  const TrainReport report = train(
      model, {.train = data, .validation = stripes({.size = 64, .seed = 2})},
      {.epochs = 30,
       .batch_size = 16,
       .threads = 1,
       .adam = {.learning_rate = 0.01}});
  EXPECT_GT(metric(report.history.back().validation, "label_accuracy"), 0.97);
}

TEST(Train, GivesTheSameBitsWithAnyNumberOfThreads) {
  const std::uint32_t one = bits_after(short_run(1));
  EXPECT_EQ(bits_after(short_run(2)), one);
  EXPECT_EQ(bits_after(short_run(3)), one);
  EXPECT_EQ(bits_after(short_run(4)), one);
}

TEST(Train, GivesTheSameBitsOnEveryRepeat) {
  EXPECT_EQ(bits_after(short_run()), bits_after(short_run()));
}

TEST(Train, GivesTheSameBitsWhetherItIsSavedOrNot) {
  const TemporaryFolder folder;
  const DatasetPtr data = stripes({.size = 40});
  Model model = model_for(data, dropout_network());
  train(model, {.train = data, .validation = nullptr}, short_run(),
        {.folder = folder / "run"});
  EXPECT_EQ(test::bits_of(model), bits_after(short_run()));
}

TEST(Train, AnotherSeedGivesOtherWeights) {
  TrainOptions other = short_run();
  other.seed = 2;
  EXPECT_NE(bits_after(other), bits_after(short_run()));
}

// 17 images in batches of 16: the last batch holds one.
TEST(Train, SeesEveryImageOnceAnEpochWhenTheLastBatchIsNotFull) {
  const DatasetPtr data = stripes({.size = 17});
  Model model = model_for(data, plain_network());
  Recorder recorder;
  const TrainReport report =
      train(model, {.train = data, .validation = nullptr},
            {.epochs = 1, .batch_size = 16, .threads = 2},
            {.folder = {}, .observer = &recorder});
  EXPECT_EQ(report.history[0].steps, 2);
  ASSERT_EQ(recorder.steps.size(), 2u);
  EXPECT_EQ(recorder.steps[0].seen, 16);
  EXPECT_EQ(recorder.steps[1].seen, 17);
}

TEST(Train, GivesTheSameBitsWithAnyNumberOfThreadsWhenTheLastBatchIsNotFull) {
  for (const int images : {17, 23, 31}) {
    EXPECT_EQ(bits_after(short_run(1), images),
              bits_after(short_run(3), images))
        << images << " images";
  }
}

// An epoch's training numbers are over all its images: with a learning rate
// that changes nothing they are those of the model it began with.
TEST(Train, CountsTheTrainingNumbersOverAllImages) {
  const DatasetPtr data = stripes({.size = 37});
  Model model = model_for(data, plain_network());
  const TrainReport report = train(model, {.train = data, .validation = data},
                                   {.epochs = 1,
                                    .batch_size = 16,
                                    .threads = 1,
                                    .adam = {.learning_rate = 1e-30}});
  const EpochReport& epoch = report.history[0];
  EXPECT_NEAR(metric(epoch.train, "loss"), metric(epoch.validation, "loss"),
              1e-6);
  EXPECT_EQ(metric(epoch.train, "label_accuracy"),
            metric(epoch.validation, "label_accuracy"));
  EXPECT_EQ(metric(epoch.train, "argmax_accuracy"),
            metric(epoch.validation, "argmax_accuracy"));
}

// With a learning rate that changes nothing, only the order tells two epochs
// apart.
TEST(Train, EveryEpochHasAnOrderOfItsOwn) {
  const DatasetPtr data = stripes({.size = 32});
  Model model = model_for(data, plain_network());
  Recorder recorder;
  train(model, {.train = data, .validation = nullptr},
        {.epochs = 2,
         .batch_size = 8,
         .threads = 1,
         .adam = {.learning_rate = 1e-30}},
        {.folder = {}, .observer = &recorder});
  EXPECT_GT(std::abs(metric(recorder.steps[0].train, "loss") -
                     metric(recorder.steps[4].train, "loss")),
            1e-3);
  EXPECT_NEAR(metric(recorder.steps[3].train, "loss"),
              metric(recorder.steps[7].train, "loss"), 1e-6);
}

// As above, and all images in one batch.
TEST(Train, EveryEpochDropsOtherValues) {
  const DatasetPtr data = stripes();
  Model model = model_for(data, dropout_network());
  const TrainReport report =
      train(model, {.train = data, .validation = nullptr},
            {.epochs = 2,
             .batch_size = 16,
             .threads = 1,
             .adam = {.learning_rate = 1e-30}});
  EXPECT_GT(std::abs(metric(report.history[0].train, "loss") -
                     metric(report.history[1].train, "loss")),
            1e-3);
}

// The same pixels twice, on weights that stay as they are.
TEST(Train, EveryImageAndEverySeedDropsOtherValues) {
  const DatasetPtr data = subset(stripes({.size = 2}), {0, 0});
  const auto losses = [&](std::uint64_t seed) {
    Model model = model_for(data, dropout_network());
    test::Recorder recorder;
    train(model, {.train = data, .validation = nullptr},
          {.epochs = 1,
           .batch_size = 1,
           .seed = seed,
           .threads = 1,
           .adam = {.learning_rate = 1e-30}},
          {.observer = &recorder});
    return std::pair(test::metric(recorder.steps.at(0).train, "loss"),
                     test::metric(recorder.steps.at(1).train, "loss"));
  };
  const auto [first, mean] = losses(1);
  EXPECT_NE(first, mean);
  EXPECT_NE(losses(2).first, first);
  EXPECT_NE(losses(2).first, 2 * mean - first);
}

TEST(Train, ValidatesWithTheNumbersOfEvaluateModel) {
  const DatasetPtr data = stripes({.size = 32});
  const DatasetPtr validation =
      stripes({.size = 27, .seed = 2, .unlabelled = {3, 20}});
  Model model = model_for(data, dropout_network());
  const TrainReport report =
      train(model, {.train = data, .validation = validation}, short_run());
  Predictor predictor(std::move(model), {.threads = 1, .batch = 5});
  const Evaluation found = evaluate_model(predictor, *validation).evaluation;
  const MetricValues& last = report.history.back().validation;
  EXPECT_NEAR(metric(last, "loss"), found.loss.value.value(), 1e-6);
  for (const char* name : {"argmax_accuracy", "label_accuracy"}) {
    bool there = false;
    for (const auto& [key, number] : found.tasks[0].metrics) {
      if (key != name) continue;
      there = true;
      EXPECT_EQ(metric(last, name), number.value.value()) << name;
    }
    EXPECT_TRUE(there) << name;
  }
}

// Labels without any rule: the network soon learns them by heart, and the
// validation loss rises.
TEST(Train, KeepsExactlyTheModelOfTheLowestValidationLoss) {
  const TemporaryFolder folder;
  const DatasetPtr data = stripes({.size = 32});
  const DatasetPtr other = stripes({.size = 32, .seed = 2});
  std::vector<float> wrong;
  for (int i = 0; i < 32 * 3; ++i) wrong.push_back(static_cast<float>(i % 2));
  Model model = model_for(data, plain_network());
  Recorder recorder;
  std::vector<std::vector<float>> after_epoch;
  recorder.epoch = [&](const EpochReport&) {
    after_epoch.push_back(test::values_of(model));
  };
  const auto images = std::make_shared<std::vector<std::byte>>();
  for (std::int64_t i = 0; i < 32; ++i) {
    std::vector<std::byte> image(other->spec().bytes_per_image());
    other->read_image(i, image);
    images->insert(images->end(), image.begin(), image.end());
  }
  const auto validation = std::make_shared<ArrayDataset>(
      ArrayContent{.spec = other->spec(),
                   .size = 32,
                   .images = {images, images->data()},
                   .targets = wrong,
                   .source = "wrong",
                   .names = {}});
  const TrainReport report =
      train(model, {.train = data, .validation = validation},
            {.epochs = 12,
             .batch_size = 8,
             .threads = 1,
             .adam = {.learning_rate = 0.005}},
            {.folder = folder / "run", .observer = &recorder});
  double lowest = 1e9;
  int expected = 0;
  for (const EpochReport& epoch : report.history) {
    const double loss = metric(epoch.validation, "loss");
    EXPECT_EQ(epoch.best, loss < lowest) << "epoch " << epoch.epoch;
    if (loss < lowest) {
      lowest = loss;
      expected = epoch.epoch;
    }
  }
  ASSERT_LT(expected, 12) << "the validation loss never rose";
  EXPECT_EQ(report.best_epoch, expected);
  const Model best = load_model(folder / "run" / "model.safetensors");
  EXPECT_EQ(test::values_of(best),
            after_epoch[static_cast<std::size_t>(expected - 1)]);
  EXPECT_NE(test::values_of(best), test::values_of(model));
}

TEST(Train, TheLastEpochIsTheBestWithoutValidation) {
  const TemporaryFolder folder;
  const DatasetPtr data = stripes();
  Model model = model_for(data, plain_network());
  const TrainReport report =
      train(model, {.train = data, .validation = nullptr}, short_run(),
            {.folder = folder / "run"});
  EXPECT_EQ(report.best_epoch, 3);
  EXPECT_TRUE(report.history.back().validation.empty());
  EXPECT_EQ(test::bits_of(load_model(folder / "run" / "model.safetensors")),
            test::bits_of(model));
}

// One batch holds all images, so that the order of the images does not matter.
TEST(Train, AnImageWithoutLabelsChangesNothing) {
  const DatasetPtr with = stripes({.size = 16, .unlabelled = {15}});
  std::vector<std::int64_t> first_15;
  for (std::int64_t i = 0; i < 15; ++i) first_15.push_back(i);
  const DatasetPtr without = subset(with, first_15);
  Model a = model_for(with, plain_network());
  Model b = model_for(with, plain_network());
  const TrainReport one = train(a, {.train = with, .validation = nullptr},
                                {.epochs = 3, .batch_size = 16, .threads = 1});
  const TrainReport other =
      train(b, {.train = without, .validation = nullptr},
            {.epochs = 3, .batch_size = 15, .threads = 1});
  for (std::size_t e = 0; e < 3; ++e) {
    EXPECT_NEAR(metric(one.history[e].train, "loss"),
                metric(other.history[e].train, "loss"), 1e-5);
    EXPECT_EQ(metric(one.history[e].train, "label_accuracy"),
              metric(other.history[e].train, "label_accuracy"));
  }
  const std::vector<float> x = test::values_of(a);
  const std::vector<float> y = test::values_of(b);
  for (std::size_t i = 0; i < x.size(); ++i) ASSERT_NEAR(x[i], y[i], 1e-4);
}

TEST(Train, ABatchWithoutAnyLabelIsNoDivergence) {
  const DatasetPtr data = stripes({.size = 2, .unlabelled = {1}});
  const DatasetPtr none = stripes({.size = 2, .unlabelled = {0, 1}});
  Model model = model_for(data, plain_network());
  const TrainReport report =
      train(model, {.train = data, .validation = none},
            {.epochs = 2, .batch_size = 1, .threads = 1});
  EXPECT_EQ(report.outcome, Outcome::finished);
  EXPECT_TRUE(std::isfinite(metric(report.history[0].train, "loss")));
  EXPECT_TRUE(std::isnan(metric(report.history[0].validation, "loss")));
}

// The next steps go on while a checkpoint is written: it must hold the end of
// its own epoch all the same.
TEST(Train, ACheckpointHoldsTheEndOfItsEpoch) {
  const TemporaryFolder folder;
  const DatasetPtr data = stripes();
  Model model = model_for(data, {.trunk = {Flatten{}, Dense{.units = 1000}}});
  Recorder recorder;
  std::vector<std::uint32_t> ends;
  int checked = 0;
  recorder.epoch = [&](const EpochReport&) {
    ends.push_back(test::bits_of(model));
  };
  recorder.checkpoint = [&](const CheckpointReport& report) {
    EXPECT_EQ(test::bits_of(load_model(report.path)),
              ends[static_cast<std::size_t>(report.epoch - 1)])
        << "epoch " << report.epoch;
    ++checked;
  };
  train(model, {.train = data, .validation = nullptr},
        {.epochs = 12, .batch_size = 4, .threads = 2},
        {.folder = folder / "run", .observer = &recorder});
  EXPECT_EQ(checked, 12);
}

TEST(Train, WithoutAFolderNothingIsWritten) {
  const TemporaryFolder folder;
  const auto here = std::filesystem::current_path();
  std::filesystem::current_path(folder.path());
  const DatasetPtr data = stripes();
  Model model = model_for(data, plain_network());
  train(model, {.train = data, .validation = nullptr}, short_run());
  std::filesystem::current_path(here);
  EXPECT_TRUE(folder.names().empty());
}

TEST(Train, LeavesAModelCheckpointsAndALock) {
  const TemporaryFolder folder;
  const DatasetPtr data = stripes();
  Model model = model_for(data, plain_network());
  train(model, {.train = data, .validation = nullptr}, short_run(),
        {.folder = folder / "a" / "run"});
  std::vector<std::string> names;
  for (const auto& entry :
       std::filesystem::recursive_directory_iterator(folder / "a" / "run")) {
    names.push_back(entry.path().filename().string());
  }
  std::ranges::sort(names);
  EXPECT_EQ(
      names,
      (std::vector<std::string>{
          "checkpoints", "epoch-0002.safetensors", "epoch-0003.safetensors",
          "model-before-0003.safetensors", "model.safetensors", "run.lock"}));
}

}  // namespace
}  // namespace polytask
