// Which model a run that is resumed publishes: that of its best epoch, whatever
// has happened to model.safetensors in between.

#include "polytask/train/best_model.h"

#include <gtest/gtest.h>

#include "polytask/checkpoint/run_model.h"
#include "polytask/train/train.h"
#include "tests/support/expect_error.h"
#include "tests/support/temporary_folder.h"
#include "tests/train/stripes.h"

namespace polytask {
namespace {

namespace fs = std::filesystem;
using test::read_bytes;
using test::TemporaryFolder;
using Texts = std::vector<std::string>;

// With `learns` false no epoch is better than the first one.
struct Job {
  bool learns = true;
  double ema_momentum = 0.0;
};

class BestModelOfARun : public ::testing::Test {
 protected:
  TrainReport train_to(int epochs, bool resume, const Job& job = {}) {
    const TrainData data{.train = test::stripes({.size = 40}),
                         .validation = test::stripes({.size = 8, .seed = 2})};
    Model model = test::model_for(data.train, test::plain_network());
    TrainOptions options{.epochs = epochs, .batch_size = 16, .threads = 2};
    options.adam.learning_rate = job.learns ? 0.001 : 1e-30;
    options.adam.ema_momentum = job.ema_momentum;
    return train(model, data, options, {.folder = run(), .resume = resume});
  }

  [[nodiscard]] fs::path run() const { return folder_ / "run"; }
  [[nodiscard]] fs::path model() const { return run() / "model.safetensors"; }
  [[nodiscard]] fs::path checkpoint(const std::string& digits) const {
    return run() / "checkpoints" / ("epoch-" + digits + ".safetensors");
  }

  // What the warning of a model that was mended says.
  [[nodiscard]] std::string restored(int best,
                                     const std::string& newest) const {
    return model().string() + ": was not the model of epoch " +
           std::to_string(best) + ", the best one of epoch-" + newest +
           ".safetensors; it was restored";
  }

  // A sound model of another training.
  void put_foreign_model() const {
    const std::vector<float> values{1, 2, 3};
    SafetensorsWriter writer(model(), {{"a", "b"}}, {{"w", {3}, values}});
    writer.write_bytes();
    writer.commit();
  }

  TemporaryFolder folder_;
};

TEST_F(BestModelOfARun, IsLeftAloneWhereItIsRight) {
  train_to(3, false);
  const std::string right = read_bytes(model());
  const fs::file_time_type time = fs::last_write_time(model());
  EXPECT_EQ(train_to(3, true).warnings, Texts{});
  EXPECT_EQ(read_bytes(model()), right);
  EXPECT_EQ(fs::last_write_time(model()), time);
}

// As after a kill between the checkpoint of the best epoch and its model.
TEST_F(BestModelOfARun, OfTheNewestEpochIsMadeFromItsCheckpoint) {
  for (const double ema_momentum : {0.0, 0.8}) {
    fs::remove_all(run());
    const Job job{.ema_momentum = ema_momentum};
    train_to(2, false, job);
    const std::string older = read_bytes(model());
    ASSERT_EQ(train_to(3, true, job).best_epoch, 3);
    const std::string right = read_bytes(model());
    ASSERT_NE(right, older);
    test::write_bytes(model(), older);
    const TrainReport report = train_to(3, true, job);
    EXPECT_EQ(report.best_epoch, 3);
    EXPECT_EQ(report.warnings, Texts{restored(3, "0003")});
    EXPECT_EQ(read_bytes(model()), right);
  }
}

TEST_F(BestModelOfARun, IsMadeWhereItIsMissingOrDamaged) {
  train_to(3, false);
  const std::string right = read_bytes(model());
  fs::remove(model());
  EXPECT_EQ(train_to(3, true).warnings, Texts{restored(3, "0003")});
  EXPECT_EQ(read_bytes(model()), right);
  fs::resize_file(model(), 1000);
  EXPECT_EQ(train_to(3, true).warnings, Texts{restored(3, "0003")});
  EXPECT_EQ(read_bytes(model()), right);
}

TEST_F(BestModelOfARun, OfAnEarlierEpochIsMadeFromThatOnesCheckpoint) {
  const Job job{.learns = false};
  ASSERT_EQ(train_to(2, false, job).best_epoch, 1);
  const std::string right = read_bytes(model());
  put_foreign_model();
  const TrainReport report = train_to(2, true, job);
  EXPECT_EQ(report.best_epoch, 1);
  EXPECT_EQ(report.warnings, Texts{restored(1, "0002")});
  EXPECT_EQ(read_bytes(model()), right);
}

TEST_F(BestModelOfARun, ThatCannotBeHadIsNotReplacedByAnother) {
  const Job job{.learns = false};
  ASSERT_EQ(train_to(4, false, job).best_epoch, 1);
  const std::string right = SafetensorsFile::verify(model());
  put_foreign_model();
  const std::string foreign = SafetensorsFile::verify(model());
  const auto expect_refusal = [&](const std::string& found) {
    test::expect_error(
        Fault::data,
        model().string() + ": expected the model of epoch 1 (" + right +
            "), the best one of epoch-0004.safetensors, found " + found +
            "; put it back, or start the run anew in another run.dir",
        [&] { train_to(4, true, job); });
  };
  expect_refusal("another model (" + foreign + ")");
  EXPECT_EQ(SafetensorsFile::verify(model()), foreign);
  fs::remove(model());
  expect_refusal("none (" + model().string() + ": no such file)");
}

// The newest epoch is the best one, its checkpoint is damaged; the checkpoint
// before it names a model whose own is gone.
TEST_F(BestModelOfARun, ThatWasReplacedIsTakenBackWhenTheRunFallsBack) {
  ASSERT_EQ(train_to(4, false, {.learns = false}).best_epoch, 1);
  const std::string right = read_bytes(model());
  const Folder run_folder(run());
  CheckpointFolder checkpoints(run_folder.inner("checkpoints"));
  checkpoints.keep_replaced_model(run_folder, kModelFile, 5);
  fs::copy_file(checkpoint("0004"), checkpoint("0005"));
  fs::resize_file(checkpoint("0005"), 1000);
  put_foreign_model();
  const TrainReport report = train_to(4, true, {.learns = false});
  ASSERT_EQ(report.warnings.size(), 2u);
  EXPECT_TRUE(report.warnings[0].ends_with("; going on from epoch-0004"));
  EXPECT_EQ(report.warnings[1], restored(1, "0004"));
  EXPECT_EQ(read_bytes(model()), right);
}

// A damaged checkpoint is no source either.
TEST_F(BestModelOfARun, IsNotMadeFromACheckpointThatNamesAnother) {
  const Job job{.learns = false};
  train_to(4, false, job);
  const fs::path other = folder_ / "other";
  fs::rename(run(), other);
  train_to(1, false);  // The first epoch of another training.
  fs::copy_file(checkpoint("0001"),
                other / "checkpoints/epoch-0001.safetensors");
  fs::remove_all(run());
  fs::rename(other, run());
  put_foreign_model();
  test::expect_error_parts(Fault::data, {"expected the model of epoch 1 ("},
                           [&] { train_to(4, true, job); });
}

// Before the checkpoints said it.
class CheckpointOfAnOlderVersion : public BestModelOfARun {
 protected:
  void forget_the_name(const std::string& digits) const {
    const fs::path copy = folder_ / "copy.safetensors";
    const SafetensorsFile file(checkpoint(digits));
    Metadata metadata = file.metadata();
    ASSERT_EQ(metadata.erase("polytask.best_model"), 1u);
    SafetensorsWriter writer(copy, metadata, file.tensors());
    writer.write_bytes();
    writer.commit();
    fs::rename(copy, checkpoint(digits));
  }
};

TEST_F(CheckpointOfAnOlderVersion, StillMakesTheModelOfItsOwnEpoch) {
  train_to(3, false);
  forget_the_name("0003");
  const std::string right = read_bytes(model());
  EXPECT_EQ(train_to(3, true).warnings, Texts{});
  put_foreign_model();
  EXPECT_EQ(train_to(3, true).warnings, Texts{restored(3, "0003")});
  EXPECT_EQ(read_bytes(model()), right);
}

TEST_F(CheckpointOfAnOlderVersion, TakesTheModelForTheRightOneAndSaysSo) {
  const Job job{.learns = false};
  train_to(3, false, job);
  forget_the_name("0003");
  EXPECT_EQ(train_to(3, true, job).warnings,
            Texts{model().string() +
                  ": is taken for the model of epoch 1, which "
                  "epoch-0003.safetensors, of an older version, cannot prove"});
}

TEST_F(BestModelOfARun, WithoutACheckpointNothingIsOverwritten) {
  fs::create_directories(run());
  put_foreign_model();
  const std::string foreign = read_bytes(model());
  for (const bool resume : {false, true}) {
    test::expect_error(
        Fault::config,
        model().string() +
            ": a model is there already, without a checkpoint to go on from; "
            "move it away, or choose another run.dir",
        [&] { train_to(2, resume); });
  }
  EXPECT_EQ(read_bytes(model()), foreign);
}

TEST_F(BestModelOfARun, IsKeptWhileTheOlderCheckpointNamesIt) {
  ASSERT_EQ(train_to(4, false).best_epoch, 4);
  Texts names = Folder(run() / "checkpoints").names();
  std::ranges::sort(names);
  EXPECT_EQ(names, (Texts{"epoch-0003.safetensors", "epoch-0004.safetensors",
                          "model-before-0004.safetensors"}));
}

}  // namespace
}  // namespace polytask
