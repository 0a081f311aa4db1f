#include "polytask/study/trained_network.h"

#include <gtest/gtest.h>

#include "polytask/checkpoint/model_file.h"
#include "tests/support/expect_error.h"
#include "tests/support/temporary_folder.h"
#include "tests/train/questions.h"
#include "tests/train/recorder.h"

namespace polytask {
namespace {

namespace fs = std::filesystem;

NetworkToTrain network_in(const fs::path& folder) {
  return {.model = test::model_of({count("stripes")}).spec,
          .parts = {.train = test::questions(20, 1),
                    .validation = test::questions(10, 2)},
          .test = test::questions(10, 3),
          .train = {.epochs = 2, .batch_size = 10, .threads = 1},
          .folder = folder};
}

TEST(TrainedNetwork, WhatIsFinishedIsTakenAsItIs) {
  const test::TemporaryFolder study;
  const fs::path folder = study / "seed-1";
  const TrainedNetwork first = train_network(network_in(folder));
  EXPECT_FALSE(fs::exists(folder / "checkpoints"));
  const fs::file_time_type time =
      fs::last_write_time(folder / "model.safetensors");
  const TrainedNetwork again = train_network(network_in(folder));
  EXPECT_EQ(fs::last_write_time(folder / "model.safetensors"), time);
  EXPECT_EQ(again.cost.training_seconds, first.cost.training_seconds);
}

TEST(TrainedNetwork, TakesTheSecondsOfAllItsEpochs) {
  const test::TemporaryFolder study;
  NetworkToTrain network = network_in(study / "seed-1");
  test::Recorder recorder;
  network.observer = &recorder;
  const TrainedNetwork trained = train_network(network);
  ASSERT_EQ(recorder.epochs.size(), 2u);
  EXPECT_EQ(trained.cost.training_seconds,
            recorder.epochs[0].seconds + recorder.epochs[1].seconds);
}

TEST(TrainedNetwork, AnothersModelIsNotJudgedInItsPlace) {
  const test::TemporaryFolder study;
  const fs::path folder = study / "seed-1";
  (void)train_network(network_in(folder));
  const fs::path file = folder / "model.safetensors";
  save_model(test::model_of({count("stripes")}), file);
  test::expect_error(Fault::data,
                     file.string() +
                         ": expected the model that was trained here, found "
                         "another one; put it back, or delete the folder to "
                         "train the network again",
                     [&] { (void)train_network(network_in(folder)); });
}

// As an older version has left it.
TEST(TrainedNetwork, WithoutAChecksumTheModelIsTakenForTheRightOne) {
  const test::TemporaryFolder study;
  const fs::path folder = study / "seed-1";
  (void)train_network(network_in(folder));
  test::write_bytes(folder / "finished.json", "{\"seconds\": 1.5}\n");
  EXPECT_EQ(train_network(network_in(folder)).cost.training_seconds, 1.5);
}

}  // namespace
}  // namespace polytask
