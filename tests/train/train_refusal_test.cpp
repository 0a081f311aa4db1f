// What train() refuses before it does anything.

#include <gtest/gtest.h>

#include "polytask/checkpoint/run_lock.h"
#include "polytask/data/dataset.h"
#include "polytask/train/train.h"
#include "tests/support/expect_error.h"
#include "tests/support/temporary_folder.h"
#include "tests/train/answers_table.h"
#include "tests/train/questions.h"

namespace polytask {
namespace {

using test::expect_error;
using test::expect_error_parts;
using test::model_for;
using test::plain_network;
using test::stripes;
using test::TemporaryFolder;

constexpr TrainOptions kShort{.epochs = 2, .batch_size = 16, .threads = 1};

// Trains on `data` and validates on `validation` what fits stripes().
void train_on(const DatasetPtr& data, const DatasetPtr& validation,
              const TrainOptions& options = kShort, const TrainRun& run = {}) {
  Model model = model_for(stripes(), plain_network());
  train(model, {.train = data, .validation = validation}, options, run);
}

TEST(TrainRefusal, DefaultsAreFine) {
  EXPECT_TRUE(problems(TrainOptions{}).empty());
}

TEST(TrainRefusal, ListsEveryProblemOfTheOptions) {
  const TrainOptions options{
      .epochs = 0,
      .batch_size = -1,
      .seed = 1,
      .threads = -2,
      .adam = {
          .learning_rate = 0.0, .beta_1 = 1.0, .beta_2 = -0.5, .epsilon = 0.0}};
  expect_error(Fault::config,
               "the training's options cannot be used:\n"
               "  - train.epochs: expected 1 to 1000000, got 0\n"
               "  - train.batch_size: expected 1 to 65536, got -1\n"
               "  - train.threads: expected 0 to 1024, got -2\n"
               "  - train.adam.learning_rate: expected finite and > 0, got 0\n"
               "  - train.adam.beta_1: expected >= 0 and < 1, got 1\n"
               "  - train.adam.beta_2: expected >= 0 and < 1, got -0.5\n"
               "  - train.adam.epsilon: expected finite and > 0, got 0",
               [&] { train_on(stripes(), nullptr, options); });
}

TEST(TrainRefusal, ABatchLargerThanTheDataSaysHowManyThereAre) {
  expect_error(Fault::config,
               "train.batch_size: expected at most the 16 training images, "
               "got 17",
               [] {
                 train_on(stripes(), nullptr,
                          {.epochs = 1, .batch_size = 17, .threads = 1});
               });
}

TEST(TrainRefusal, ListsEverythingThatDoesNotFit) {
  const DatasetPtr data = stripes({.labels = {"rows", "red"}});
  Model model = make_model({.image = {12, 12, 3},
                            .network = plain_network(),
                            .tasks = {multilabel("scene", {"a", "b"})}},
                           1);
  expect_error(
      Fault::data,
      "the training data and the model do not fit:\n"
      "  - its images are [10, 10, 3], the model takes [12, 12, 3]\n"
      "  - the data does not answer every task; it has the columns rows, red:\n"
      "  - task scene: no column a, b",
      [&] { train(model, {.train = data, .validation = nullptr}, kShort); });
}

TEST(TrainRefusal, ValidationDataMustFitToo) {
  expect_error(
      Fault::data,
      "the validation data and the model do not fit:\n"
      "  - the data does not answer every task; it has the columns rows, red:\n"
      "  - task scene: no column columns",
      [] {
        train_on(stripes(), stripes({.labels = {"rows", "red"}}));
      });
}

TEST(TrainRefusal, DataWithoutImages) {
  expect_error(Fault::data,
               "the validation data and the model do not fit:\n"
               "  - it has no images",
               [] { train_on(stripes(), subset(stripes(), {})); });
}

TEST(TrainRefusal, NothingIsWrittenForARefusedTraining) {
  const TemporaryFolder folder;
  EXPECT_THROW(train_on(stripes(), nullptr,
                        {.epochs = 1, .batch_size = 17, .threads = 1},
                        {.folder = folder / "run"}),
               Error);
  EXPECT_TRUE(folder.names().empty());
}

TEST(TrainRefusal, AModelWhoseParametersAreOfAnotherNetwork) {
  Model model = model_for(stripes(), plain_network());
  model.spec.network.trunk.back() = Dense{.units = 5};
  expect_error_parts(Fault::data,
                     {"the model's parameters do not fit its network:",
                      "expected dense_1/kernel", "found dense_1/kernel"},
                     [&] {
                       train(model, {.train = stripes(), .validation = nullptr},
                             kShort);
                     });
}

TEST(TrainRefusal, ARunThatIsThereAlready) {
  const TemporaryFolder folder;
  const std::string run = folder / "run";
  train_on(stripes(), nullptr, kShort, {.folder = run});
  const std::string before =
      test::read_bytes(folder / "run" / "model.safetensors");
  expect_error(Fault::config,
               run +
                   ": a run is there already; go on with it (polytask train "
                   "--resume " +
                   run + "), or choose another run.dir",
               [&] { train_on(stripes(), nullptr, kShort, {.folder = run}); });
  EXPECT_EQ(test::read_bytes(folder / "run" / "model.safetensors"), before);
}

TEST(TrainRefusal, AFolderInWhichAnotherTrainerWrites) {
  const TemporaryFolder folder;
  const RunLock other{Folder(folder.path())};
  expect_error_parts(
      Fault::config,
      {folder.path().string() + ": another trainer (process ",
       ") is writing to this folder; wait for it, stop it, or choose another "
       "run.dir"},
      [&] { train_on(stripes(), nullptr, kShort, {.folder = folder.path()}); });
}

TEST(TrainRefusal, AFolderThatCannotBeMade) {
  const TemporaryFolder folder;
  test::write_bytes(folder / "file", "x");
  expect_error_parts(
      Fault::io, {(folder / "file" / "run").string(), "Not a directory"}, [&] {
        train_on(stripes(), nullptr, kShort,
                 {.folder = folder / "file" / "run"});
      });
}

// There is no scale to learn it in, so its answers would be no numbers.
TEST(TrainRefusal, ANumberThatNoImageAnswers) {
  const DatasetPtr data = test::answers_table(
      {"size/width", "size/height"}, {{1, test::kNaN}, {2, test::kNaN}});
  Model model = test::model_of({regression("size", {"width", "height"})});
  expect_error(Fault::data,
               "the training part cannot teach every task; leave the task out, "
               "or split the data otherwise:\n"
               "  - number \"height\" of task \"size\" is missing in every "
               "training image",
               [&] {
                 train(model, {.train = data, .validation = nullptr},
                       {.epochs = 1, .batch_size = 2});
               });
}

TEST(TrainRefusal, ATaskThatNoImageAnswers) {
  expect_error(Fault::data,
               "the training part cannot teach every task; leave the task out, "
               "or split the data otherwise:\n"
               "  - task \"scene\" is missing in every training image",
               [] {
                 train_on(stripes({.size = 2, .unlabelled = {0, 1}}), stripes(),
                          {.epochs = 1, .batch_size = 2});
               });
}

}  // namespace
}  // namespace polytask
