// Runs that end early and go on: the same bits as those that never stopped.

#include <gtest/gtest.h>

#include "polytask/checkpoint/model_file.h"
#include "polytask/checkpoint/safetensors.h"
#include "polytask/train/train.h"
#include "tests/support/expect_error.h"
#include "tests/support/temporary_folder.h"
#include "tests/train/recorder.h"
#include "tests/train/stripes.h"

namespace polytask {
namespace {

using test::dropout_network;
using test::metric;
using test::model_for;
using test::Recorder;
using test::stripes;
using test::TemporaryFolder;

TrainOptions options_for(int epochs, int threads = 2) {
  return {.epochs = epochs, .batch_size = 16, .threads = threads};
}

TrainData data_of() {
  return {.train = stripes({.size = 40}),
          .validation = stripes({.size = 8, .seed = 2})};
}

struct Finished {
  TrainReport report;
  Model model;
};

// Begins with a fresh model, as the command does.
Finished run(const TrainOptions& options, const TrainRun& where,
             const TrainData& data = data_of()) {
  Model model = model_for(data.train, dropout_network());
  TrainReport report = train(model, data, options, where);
  return {std::move(report), std::move(model)};
}

struct Stop {
  int epoch = 0;
  int step = 0;
};

// Asks to stop in this step.
Finished stop_in(Stop at, const std::filesystem::path& folder,
                 bool resume = false,
                 const TrainOptions& options = options_for(5)) {
  std::atomic<bool> stop = false;
  Recorder recorder;
  recorder.step = [&](const StepReport& now) {
    if (now.epoch == at.epoch && now.step == at.step) stop = true;
  };
  return run(options, {.folder = folder,
                       .resume = resume,
                       .observer = &recorder,
                       .stop = &stop});
}

// Everything but the seconds.
void expect_same_history(const std::vector<EpochReport>& a,
                         const std::vector<EpochReport>& b) {
  ASSERT_EQ(a.size(), b.size());
  for (std::size_t i = 0; i < a.size(); ++i) {
    EXPECT_EQ(a[i].epoch, b[i].epoch);
    EXPECT_EQ(a[i].steps, b[i].steps);
    EXPECT_EQ(a[i].train, b[i].train) << "epoch " << a[i].epoch;
    EXPECT_EQ(a[i].validation, b[i].validation) << "epoch " << a[i].epoch;
    EXPECT_EQ(a[i].best, b[i].best) << "epoch " << a[i].epoch;
  }
}

// Parameters, Adam's moments and all: every tensor of the two files.
void expect_same_tensors(const std::filesystem::path& a,
                         const std::filesystem::path& b) {
  const SafetensorsFile one(a);
  const SafetensorsFile other(b);
  ASSERT_EQ(one.tensors().size(), other.tensors().size());
  for (std::size_t i = 0; i < one.tensors().size(); ++i) {
    const TensorView& x = one.tensors()[i];
    const TensorView& y = other.tensors()[i];
    EXPECT_EQ(x.name, y.name);
    EXPECT_TRUE(std::ranges::equal(x.values, y.values)) << x.name;
  }
}

TEST(Resume, AStoppedRunSaysWhereAndHowToGoOn) {
  const TemporaryFolder folder;
  const std::string dir = folder / "run";
  const TrainReport report = stop_in({3, 2}, dir).report;
  EXPECT_EQ(report.outcome, Outcome::interrupted);
  EXPECT_EQ(report.message,
            "stopped in epoch 3; epoch 2 is saved; go on with: polytask train "
            "--resume " +
                dir);
  EXPECT_EQ(report.history.size(), 2u);
}

TEST(Resume, AStopInTheFirstEpochSaysThatNothingIsSaved) {
  const TemporaryFolder folder;
  const TrainReport report = stop_in({1, 1}, folder / "run").report;
  EXPECT_EQ(report.message, "stopped in epoch 1; no epoch is saved yet");
  EXPECT_EQ(report.best_epoch, 0);
}

TEST(Resume, GivesTheBitsOfARunThatNeverStopped) {
  const TemporaryFolder folder;
  const Finished whole = run(options_for(5), {.folder = folder / "whole"});
  stop_in({2, 1}, folder / "run");
  stop_in({4, 3}, folder / "run", /*resume=*/true);
  const Finished resumed =
      run(options_for(5, 1), {.folder = folder / "run", .resume = true});
  EXPECT_EQ(resumed.report.outcome, Outcome::finished);
  EXPECT_EQ(test::bits_of(resumed.model), test::bits_of(whole.model));
  EXPECT_EQ(resumed.report.best_epoch, whole.report.best_epoch);
  expect_same_history(resumed.report.history, whole.report.history);
  for (const char* file :
       {"model.safetensors", "checkpoints/epoch-0005.safetensors"}) {
    expect_same_tensors(folder / "run" / file, folder / "whole" / file);
  }
}

TEST(Resume, GivesTheSameBitsWithAFallingLearningRate) {
  TrainOptions options = options_for(5);
  options.adam.schedule = LearningRateSchedule::cosine;
  const TemporaryFolder folder;
  const Finished whole = run(options, {.folder = folder / "whole"});
  stop_in({3, 2}, folder / "run", /*resume=*/false, options);
  const Finished resumed =
      run(options, {.folder = folder / "run", .resume = true});
  EXPECT_EQ(test::bits_of(resumed.model), test::bits_of(whole.model));
  const Finished constant = run(options_for(5), {.folder = folder / "other"});
  EXPECT_NE(test::bits_of(resumed.model), test::bits_of(constant.model));
}

TEST(Resume, GivesTheSameBitsWithAnAverageOfTheWeights) {
  TrainOptions options = options_for(5);
  options.adam.ema_momentum = 0.8;
  const TemporaryFolder folder;
  const Finished whole = run(options, {.folder = folder / "whole"});
  stop_in({3, 2}, folder / "run", /*resume=*/false, options);
  options.threads = 1;
  const Finished resumed =
      run(options, {.folder = folder / "run", .resume = true});
  EXPECT_EQ(test::bits_of(resumed.model), test::bits_of(whole.model));
  expect_same_history(resumed.report.history, whole.report.history);
  for (const char* file :
       {"model.safetensors", "checkpoints/epoch-0005.safetensors"}) {
    expect_same_tensors(folder / "run" / file, folder / "whole" / file);
  }
}

TEST(Resume, TellsTheObserverWhatWasDone) {
  const TemporaryFolder folder;
  const Finished stopped = stop_in({3, 1}, folder / "run");
  Recorder recorder;
  run(options_for(5),
      {.folder = folder / "run", .resume = true, .observer = &recorder});
  ASSERT_EQ(recorder.starts.size(), 1u);
  EXPECT_EQ(recorder.starts[0].first_epoch, 3);
  EXPECT_EQ(recorder.starts[0].epochs, 5);
  expect_same_history(recorder.starts[0].done, stopped.report.history);
  EXPECT_EQ(recorder.events[1], "step 3.1");
  EXPECT_EQ(recorder.epochs.size(), 3u);
}

TEST(Resume, GoesOnWithMoreEpochs) {
  const TemporaryFolder folder;
  const Finished whole = run(options_for(5), {.folder = folder / "whole"});
  run(options_for(3), {.folder = folder / "run"});
  const Finished more =
      run(options_for(5), {.folder = folder / "run", .resume = true});
  EXPECT_EQ(test::bits_of(more.model), test::bits_of(whole.model));
  expect_same_history(more.report.history, whole.report.history);
}

TEST(Resume, AFinishedRunHasNothingLeftToDo) {
  const TemporaryFolder folder;
  const Finished whole = run(options_for(3), {.folder = folder / "run"});
  Recorder recorder;
  const Finished again =
      run(options_for(3),
          {.folder = folder / "run", .resume = true, .observer = &recorder});
  EXPECT_EQ(recorder.events, (std::vector<std::string>{"start"}));
  EXPECT_EQ(again.report.outcome, Outcome::finished);
  EXPECT_EQ(again.report.best_epoch, whole.report.best_epoch);
  EXPECT_EQ(test::bits_of(again.model), test::bits_of(whole.model));
}

TEST(Resume, BeginsAtTheBeginningWhenNothingWasSaved) {
  const TemporaryFolder folder;
  const Finished whole = run(options_for(2), {.folder = folder / "whole"});
  const Finished fresh =
      run(options_for(2), {.folder = folder / "run", .resume = true});
  EXPECT_EQ(test::bits_of(fresh.model), test::bits_of(whole.model));
}

TEST(Resume, ADamagedCheckpointFallsBackToTheOneBefore) {
  const TemporaryFolder folder;
  const Finished whole = run(options_for(5), {.folder = folder / "whole"});
  run(options_for(4), {.folder = folder / "run"});
  const std::filesystem::path newest =
      folder / "run" / "checkpoints" / "epoch-0004.safetensors";
  std::string bytes = test::read_bytes(newest);
  bytes[bytes.size() / 2] = static_cast<char>(bytes[bytes.size() / 2] ^ 1);
  test::write_bytes(newest, bytes);
  const Finished resumed =
      run(options_for(5), {.folder = folder / "run", .resume = true});
  // And the model of epoch 4 gave way to that of epoch 3.
  ASSERT_EQ(resumed.report.warnings.size(), 2u);
  EXPECT_TRUE(resumed.report.warnings[0].starts_with(newest.string()))
      << resumed.report.warnings[0];
  EXPECT_TRUE(
      resumed.report.warnings[0].ends_with("; going on from epoch-0003"))
      << resumed.report.warnings[0];
  EXPECT_EQ(test::bits_of(resumed.model), test::bits_of(whole.model));
  expect_same_history(resumed.report.history, whole.report.history);
}

TEST(Resume, RefusesToGoOnWhenEveryCheckpointIsDamaged) {
  const TemporaryFolder folder;
  run(options_for(3), {.folder = folder / "run"});
  for (const char* name :
       {"epoch-0002.safetensors", "epoch-0003.safetensors"}) {
    std::filesystem::resize_file(folder / "run" / "checkpoints" / name, 1000);
  }
  test::expect_error_parts(
      Fault::data,
      {"expected a checkpoint that is whole, found none; start the run anew:",
       "epoch-0002.safetensors", "epoch-0003.safetensors"},
      [&] { run(options_for(5), {.folder = folder / "run", .resume = true}); });
}

// What a resumed run is refused with: `words` and the name of the file.
void expect_refused(const std::vector<std::string>& words,
                    const TrainOptions& options, const TrainData& data) {
  const TemporaryFolder folder;
  run(options_for(2), {.folder = folder / "run"});
  std::vector<std::string> parts = words;
  parts.push_back(
      (folder / "run" / "checkpoints" / "epoch-0002.safetensors").string() +
      ": cannot go on with other settings or other data (only train.threads "
      "and train.patience may change, and train.epochs where "
      "train.adam.schedule is constant):");
  const std::string before =
      test::read_bytes(folder / "run" / "model.safetensors");
  test::expect_error_parts(Fault::config, parts, [&] {
    run(options, {.folder = folder / "run", .resume = true}, data);
  });
  EXPECT_EQ(test::read_bytes(folder / "run" / "model.safetensors"), before);
}

TEST(Resume, RefusesAnotherBatchSize) {
  TrainOptions other = options_for(5);
  other.batch_size = 8;
  expect_refused({"- train.batch_size: 16 in the checkpoint, 8 in this run"},
                 other, data_of());
}

// One line is the beginning of the other.
TEST(Resume, RefusesAnotherSeed) {
  TrainOptions other = options_for(5);
  other.seed = 11;
  expect_refused({"- train.seed: 1 in the checkpoint, 11 in this run"}, other,
                 data_of());
}

TEST(Resume, RefusesAnotherLearningRate) {
  TrainOptions other = options_for(5);
  other.adam.learning_rate = 0.0011;
  expect_refused(
      {"- train.adam.learning_rate: 0.001 in the checkpoint, 0.0011 in"}, other,
      data_of());
}

TEST(Resume, RefusesMoreEpochsThanTheLearningRateFellOver) {
  TrainOptions first = options_for(5);
  first.adam.schedule = LearningRateSchedule::cosine;
  TrainOptions more = first;
  more.epochs = 6;
  const TemporaryFolder folder;
  run(first, {.folder = folder / "run"});
  test::expect_error_parts(
      Fault::config, {"- train.epochs: 5 in the checkpoint, 6 in this run"},
      [&] { run(more, {.folder = folder / "run", .resume = true}); });
}

TEST(Resume, RefusesOtherTrainingImages) {
  TrainData other = data_of();
  other.train = stripes({.size = 40, .seed = 3});
  expect_refused({"- training_data_crc32c: "}, options_for(5), other);
}

// The same images and answers but for one pixel, or one answer, of image 5.
class OneDifference final : public Dataset {
 public:
  OneDifference(DatasetPtr data, bool in_pixels)
      : data_(std::move(data)), in_pixels_(in_pixels) {}
  const DatasetSpec& spec() const override { return data_->spec(); }
  std::int64_t size() const override { return data_->size(); }
  void read_image(std::int64_t i, std::span<std::byte> image) const override {
    data_->read_image(i, image);
    if (in_pixels_ && i == 5) image.back() ^= std::byte{1};
  }
  void read_targets(std::int64_t i, std::span<float> targets) const override {
    data_->read_targets(i, targets);
    if (!in_pixels_ && i == 5) targets.back() = 1.0f - targets.back();
  }
  std::string image_name(std::int64_t i) const override {
    return data_->image_name(i);
  }

 private:
  DatasetPtr data_;
  bool in_pixels_;
};

TEST(Resume, RefusesAnotherPixelOrAnswer) {
  for (const bool in_pixels : {false, true}) {
    TrainData train = data_of();
    train.train = std::make_shared<OneDifference>(train.train, in_pixels);
    expect_refused({"- training_data_crc32c: "}, options_for(5), train);
    TrainData validation = data_of();
    validation.validation =
        std::make_shared<OneDifference>(validation.validation, in_pixels);
    expect_refused({"- validation_data_crc32c: "}, options_for(5), validation);
  }
}

TEST(Resume, RefusesFewerTrainingImages) {
  TrainData other = data_of();
  other.train = stripes({.size = 39});
  expect_refused({"- training_images: 40 in the checkpoint, 39 in this run"},
                 options_for(5), other);
}

// The best epoch is chosen by them.
TEST(Resume, RefusesOtherValidationImages) {
  TrainData other = data_of();
  other.validation = stripes({.size = 8, .seed = 3});
  expect_refused({"- validation_data_crc32c: "}, options_for(5), other);
}

TEST(Resume, RefusesAnotherNetwork) {
  const TemporaryFolder folder;
  run(options_for(2), {.folder = folder / "run"});
  const TrainData data = data_of();
  Model other = model_for(data.train, test::plain_network());
  test::expect_error_parts(
      Fault::config, {"cannot go on with other settings or other data"}, [&] {
        train(other, data, options_for(5),
              {.folder = folder / "run", .resume = true});
      });
}

// As an older version would have written it.
TEST(Resume, GoesOnFromACheckpointThatLacksANewerOption) {
  const TemporaryFolder folder;
  const Finished whole = run(options_for(4), {.folder = folder / "whole"});
  run(options_for(2), {.folder = folder / "run"});
  const auto newest = folder / "run" / "checkpoints" / "epoch-0002.safetensors";
  {
    const SafetensorsFile file(newest);
    Metadata metadata = file.metadata();
    std::string& state = metadata["polytask.training"];
    const std::string option = "  ema_momentum: 0\\n";
    const auto at = state.find(option);
    ASSERT_NE(at, std::string::npos);
    state.erase(at, option.size());
    const std::string value = "\"best_value\"";
    const auto best = state.find(value);
    ASSERT_NE(best, std::string::npos);
    state.replace(best, value.size(), "\"best_loss\"");
    SafetensorsWriter writer(folder / "old.safetensors", metadata,
                             file.tensors());
    writer.write_bytes();
    writer.commit();
  }
  std::filesystem::rename(folder / "old.safetensors", newest);
  const Finished resumed =
      run(options_for(4), {.folder = folder / "run", .resume = true});
  EXPECT_TRUE(resumed.report.warnings.empty());
  EXPECT_EQ(resumed.report.best_epoch, whole.report.best_epoch);
  EXPECT_EQ(test::bits_of(resumed.model), test::bits_of(whole.model));
}

TEST(Resume, AModelIsNoCheckpoint) {
  const TemporaryFolder folder;
  const Finished whole = run(options_for(5), {.folder = folder / "whole"});
  run(options_for(2), {.folder = folder / "run"});
  const auto checkpoints = folder / "run" / "checkpoints";
  std::filesystem::copy_file(folder / "run" / "model.safetensors",
                             checkpoints / "epoch-0009.safetensors");
  const Finished resumed =
      run(options_for(5), {.folder = folder / "run", .resume = true});
  EXPECT_EQ(resumed.report.warnings,
            std::vector<std::string>{
                (checkpoints / "epoch-0009.safetensors").string() +
                ": expected a checkpoint of a training, found a model without "
                "one; going on from epoch-0002"});
  EXPECT_EQ(test::bits_of(resumed.model), test::bits_of(whole.model));
}

// Its checksum is right, but what it says of the training is not.
TEST(Resume, ACheckpointWithAStateThatCannotBeReadFallsBack) {
  const TemporaryFolder folder;
  const Finished whole = run(options_for(4), {.folder = folder / "whole"});
  run(options_for(3), {.folder = folder / "run"});
  const auto newest = folder / "run" / "checkpoints" / "epoch-0003.safetensors";
  {
    const SafetensorsFile file(newest);
    Metadata metadata = file.metadata();
    metadata["polytask.training"] = "{}";
    SafetensorsWriter writer(folder / "copy", metadata, file.tensors());
    writer.write_bytes();
    writer.commit();
  }
  std::filesystem::rename(folder / "copy", newest);
  const Finished resumed =
      run(options_for(4), {.folder = folder / "run", .resume = true});
  ASSERT_EQ(resumed.report.warnings.size(), 2u);
  EXPECT_TRUE(resumed.report.warnings[0].starts_with(
      newest.string() + ": polytask.training: cannot be read ("));
  EXPECT_TRUE(
      resumed.report.warnings[0].ends_with("; going on from epoch-0002"));
  EXPECT_EQ(test::bits_of(resumed.model), test::bits_of(whole.model));
}

TEST(Resume, RemovesWhatAKilledSaveLeftBehind) {
  const TemporaryFolder folder;
  run(options_for(2), {.folder = folder / "run"});
  test::write_bytes(folder / "run" / ".model.safetensors.999999-0.partial",
                    "half");
  test::write_bytes(folder / "run" / "checkpoints" /
                        ".epoch-0003.safetensors.999999-1.partial",
                    "half");
  run(options_for(2), {.folder = folder / "run", .resume = true});
  for (const auto& entry :
       std::filesystem::recursive_directory_iterator(folder / "run")) {
    EXPECT_NE(entry.path().extension(), ".partial") << entry.path();
  }
}

}  // namespace
}  // namespace polytask
