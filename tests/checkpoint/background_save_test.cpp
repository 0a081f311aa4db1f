#include "polytask/checkpoint/background_save.h"

#include <gtest/gtest.h>

#include <atomic>
#include <future>

#include "polytask/checkpoint/safetensors.h"
#include "tests/support/expect_error.h"
#include "tests/support/temporary_folder.h"

namespace polytask {
namespace {

using Epochs = std::vector<int>;

void nothing() {}

SaveJob failing_job(int epoch) {
  return {epoch, [] { throw Error(Fault::io, "disk full"); }, nothing};
}

// A phase that lasts until the test opens it.
class Gate {
 public:
  void open() { promise_.set_value(); }
  std::function<void()> phase() {
    return
        [opened = std::shared_future(promise_.get_future())] { opened.wait(); };
  }

 private:
  std::promise<void> promise_;
};

TEST(BackgroundSaver, CopiesThenMakesDurableThenReports) {
  std::string order;
  BackgroundSaver saver;
  saver.start({3, [&] { order += "copy "; }, [&] { order += "durable"; }});
  saver.wait();
  EXPECT_EQ(order, "copy durable");
  EXPECT_EQ(saver.take_durable(), Epochs{3});
  EXPECT_EQ(saver.take_durable(), Epochs{});
}

TEST(BackgroundSaver, TheTrainerWaitsForTheCopyAlone) {
  Gate gate;
  std::atomic<bool> copied = false;
  BackgroundSaver saver;
  saver.start({1, [&] { copied = true; }, gate.phase()});
  saver.wait_until_copied();
  EXPECT_TRUE(copied);
  EXPECT_EQ(saver.take_durable(), Epochs{});
  gate.open();
  saver.wait();
  EXPECT_EQ(saver.take_durable(), Epochs{1});
}

TEST(BackgroundSaver, StartReturnsBeforeTheCopyIsDone) {
  Gate gate;
  BackgroundSaver saver;
  saver.start({1, gate.phase(), nothing});
  EXPECT_EQ(saver.take_durable(), Epochs{});
  gate.open();
  saver.wait_until_copied();
  saver.wait();
}

TEST(BackgroundSaver, WaitUntilCopiedReallyWaits) {
  constexpr int kRounds = 200;
  std::vector<float> weights(1000, 0.0f);
  BackgroundSaver saver;
  for (int round = 0; round < kRounds; ++round) {
    std::vector<float> copy;
    saver.start({round, [&] { copy = weights; }, nothing});
    saver.wait_until_copied();
    for (float& weight : weights) weight += 1.0f;
    ASSERT_EQ(copy, std::vector<float>(1000, static_cast<float>(round)));
    saver.wait();
  }
}

TEST(BackgroundSaver, ManySavesAreReportedInOrder) {
  BackgroundSaver saver;
  for (int epoch = 1; epoch <= 5; ++epoch) {
    saver.start({epoch, nothing, nothing});
  }
  saver.wait();
  EXPECT_EQ(saver.take_durable(), (Epochs{1, 2, 3, 4, 5}));
}

TEST(BackgroundSaver, AFailureIsThrownOnceAtTheNextCall) {
  BackgroundSaver saver;
  saver.start(failing_job(1));
  test::expect_error(Fault::io, "disk full", [&] { saver.wait(); });
  EXPECT_EQ(saver.take_durable(), Epochs{});
  saver.start({2, nothing, nothing});
  saver.wait();
  EXPECT_EQ(saver.take_durable(), Epochs{2});
}

TEST(BackgroundSaver, StartThrowsTheFailureOfTheSaveBefore) {
  BackgroundSaver saver;
  saver.start(failing_job(1));
  test::expect_error(Fault::io, "disk full", [&] {
    saver.start({2, nothing, nothing});
  });
  saver.wait();
  EXPECT_EQ(saver.take_durable(), Epochs{});
}

TEST(BackgroundSaver, AFailedCopyIsNotMadeDurable) {
  bool durable = false;
  BackgroundSaver saver;
  SaveJob job = failing_job(1);
  job.make_durable = [&] { durable = true; };
  saver.start(std::move(job));
  EXPECT_THROW(saver.wait_until_copied(), Error);
  EXPECT_FALSE(durable);
}

TEST(BackgroundSaver, ItsEndFinishesTheSave) {
  const test::TemporaryFolder folder;
  const std::vector<float> values(1000, 2.5f);
  {
    auto writer = std::make_shared<SafetensorsWriter>(
        folder / "m", Metadata{},
        std::vector<TensorView>{{"w", {1000}, values}});
    BackgroundSaver saver;
    saver.start({1, [writer] { writer->write_bytes(); },
                 [writer] { writer->commit(); }});
  }
  EXPECT_EQ(SafetensorsFile(folder / "m").find("w")->values[999], 2.5f);
}

}  // namespace
}  // namespace polytask
