// What a training tells its observer, and in which order.

#include "polytask/train/progress.h"

#include <gtest/gtest.h>

#include "polytask/train/train.h"
#include "tests/support/temporary_folder.h"
#include "tests/train/recorder.h"
#include "tests/train/stripes.h"

namespace polytask {
namespace {

using test::model_for;
using test::plain_network;
using test::Recorder;
using test::stripes;

using Names = std::vector<std::string>;

Names names_of(const MetricValues& values) {
  Names names;
  for (const auto& [name, value] : values) names.push_back(name);
  return names;
}

TEST(Progress, EventsComeInOrder) {
  const DatasetPtr data = stripes({.size = 20});
  Model model = model_for(data, plain_network());
  Recorder recorder;
  train(model, {.train = data, .validation = stripes()},
        {.epochs = 2, .batch_size = 16, .threads = 1},
        {.folder = {}, .observer = &recorder});
  EXPECT_EQ(recorder.events,
            (Names{"start", "step 1.1", "step 1.2", "validation 1", "epoch 1",
                   "step 2.1", "step 2.2", "validation 2", "epoch 2"}));
}

TEST(Progress, WithoutValidationNobodySpeaksOfIt) {
  const DatasetPtr data = stripes();
  Model model = model_for(data, plain_network());
  Recorder recorder;
  train(model, {.train = data, .validation = nullptr},
        {.epochs = 1, .batch_size = 16, .threads = 1},
        {.folder = {}, .observer = &recorder});
  EXPECT_EQ(recorder.events, (Names{"start", "step 1.1", "epoch 1"}));
  EXPECT_EQ(recorder.starts[0].validation_images, 0);
  EXPECT_TRUE(recorder.epochs[0].validation.empty());
}

TEST(Progress, SaysTheSizeOfTheJobFirst) {
  const DatasetPtr data = stripes({.size = 20});
  Model model = model_for(data, plain_network());
  Recorder recorder;
  train(model, {.train = data, .validation = stripes()},
        {.epochs = 2, .batch_size = 16, .threads = 1},
        {.folder = {}, .observer = &recorder});
  const TrainStart& start = recorder.starts.at(0);
  EXPECT_EQ(start.train_images, 20);
  EXPECT_EQ(start.validation_images, 16);
  EXPECT_EQ(start.epochs, 2);
  EXPECT_EQ(start.first_epoch, 1);
  EXPECT_TRUE(start.done.empty());
}

TEST(Progress, AnEpochHasItsNumbers) {
  const DatasetPtr data = stripes({.size = 20});
  Model model = model_for(data, plain_network());
  Recorder recorder;
  const TrainReport report =
      train(model, {.train = data, .validation = stripes()},
            {.epochs = 2, .batch_size = 16, .threads = 1},
            {.folder = {}, .observer = &recorder});
  const Names expected{"loss", "argmax_accuracy", "label_accuracy"};
  ASSERT_EQ(report.history.size(), 2u);
  for (std::size_t i = 0; i < 2; ++i) {
    const EpochReport& epoch = recorder.epochs[i];
    EXPECT_EQ(epoch.epoch, static_cast<int>(i) + 1);
    EXPECT_EQ(epoch.steps, 2);
    EXPECT_GT(epoch.seconds, 0.0);
    EXPECT_EQ(names_of(epoch.train), expected);
    EXPECT_EQ(names_of(epoch.validation), expected);
    EXPECT_EQ(report.history[i].train, epoch.train);
    EXPECT_EQ(report.history[i].validation, epoch.validation);
    EXPECT_EQ(report.history[i].seconds, epoch.seconds);
  }
}

// Over the images so far, so the last step of an epoch has the epoch's own.
TEST(Progress, AStepHasTheNumbersOfItsEpochSoFar) {
  const DatasetPtr data = stripes({.size = 20});
  Model model = model_for(data, plain_network());
  Recorder recorder;
  train(model, {.train = data, .validation = nullptr},
        {.epochs = 2, .batch_size = 16, .threads = 1},
        {.folder = {}, .observer = &recorder});
  ASSERT_EQ(recorder.steps.size(), 4u);
  EXPECT_EQ(recorder.steps[1].train, recorder.epochs[0].train);
  EXPECT_EQ(recorder.steps[3].train, recorder.epochs[1].train);
  EXPECT_NE(recorder.steps[2].train, recorder.steps[3].train);
  EXPECT_GE(recorder.steps[1].seconds, recorder.steps[0].seconds);
  EXPECT_LE(recorder.steps[1].seconds, recorder.epochs[0].seconds);
}

TEST(Progress, EveryCheckpointIsReportedOnceItIsThere) {
  const test::TemporaryFolder folder;
  const DatasetPtr data = stripes();
  Model model = model_for(data, plain_network());
  Recorder recorder;
  bool all_there = true;
  recorder.checkpoint = [&](const CheckpointReport& report) {
    all_there = all_there && std::filesystem::exists(report.path);
  };
  train(model, {.train = data, .validation = nullptr},
        {.epochs = 4, .batch_size = 4, .threads = 1},
        {.folder = folder / "run", .observer = &recorder});
  EXPECT_TRUE(all_there);
  ASSERT_EQ(recorder.checkpoints.size(), 4u);
  for (int i = 0; i < 4; ++i) {
    const CheckpointReport& report =
        recorder.checkpoints[static_cast<std::size_t>(i)];
    EXPECT_EQ(report.epoch, i + 1);
    EXPECT_EQ(report.path, folder / "run" / "checkpoints" /
                               cat("epoch-000", i + 1, ".safetensors"));
  }
}

}  // namespace
}  // namespace polytask
