#include "polytask/checkpoint/checkpoint_folder.h"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <csignal>
#include <random>
#include <thread>

#include "polytask/base/text.h"
#include "tests/support/expect_error.h"
#include "tests/support/temporary_folder.h"

namespace polytask {
namespace {

namespace fs = std::filesystem;
using test::TemporaryFolder;
using Names = std::vector<std::string>;

// A checkpoint whose every value is its epoch.
void save(const CheckpointFolder& folder, int epoch, std::size_t count = 10) {
  const std::vector<float> values(count, static_cast<float>(epoch));
  SafetensorsWriter writer(folder.path_of(epoch),
                           {{"epoch", std::to_string(epoch)}},
                           {{"w", {static_cast<std::int64_t>(count)}, values}});
  writer.write_bytes();
  writer.commit();
}

void damage(const fs::path& path) { fs::resize_file(path, 100); }

std::vector<int> epochs_in(const CheckpointFolder& folder) {
  std::vector<int> epochs;
  for (const auto& entry : folder.list()) epochs.push_back(entry.epoch);
  return epochs;
}

TEST(CheckpointFolder, IsMadeWhenMissing) {
  const TemporaryFolder run;
  const CheckpointFolder folder(run / "a/checkpoints");
  EXPECT_TRUE(fs::is_directory(run / "a/checkpoints"));
  EXPECT_EQ(folder.path_of(7), run / "a/checkpoints/epoch-0007.safetensors");
}

TEST(CheckpointFolder, ListsNewestFirstAndOnlyItsOwnFiles) {
  const TemporaryFolder run;
  const CheckpointFolder folder(run.path());
  for (const int epoch : {2, 12345, 10}) save(folder, epoch);
  for (const char* other :
       {"epoch-7.safetensors", "epoch-0007-best.safetensors",
        "epoch-.safetensors", "epoch--001.safetensors", "notes.txt",
        "epoch-99999999999.safetensors"}) {
    test::write_bytes(run / other, "");
  }
  EXPECT_EQ(epochs_in(folder), (std::vector<int>{12345, 10, 2}));
}

TEST(CheckpointFolder, RemovesWhatKilledSavesLeft) {
  const TemporaryFolder run;
  test::write_bytes(run / ".epoch-0007.safetensors.99-0.partial", "half");
  const CheckpointFolder folder(run.path());
  EXPECT_EQ(run.names(), Names{});
}

TEST(CheckpointFolder, AnEmptyFolderHasNoGoodOne) {
  const TemporaryFolder run;
  std::vector<std::string> problems;
  EXPECT_FALSE(CheckpointFolder(run.path()).newest_good(problems).has_value());
  EXPECT_TRUE(problems.empty());
}

TEST(CheckpointFolder, FallsBackToTheOlderOneAndSaysSo) {
  const TemporaryFolder run;
  CheckpointFolder folder(run.path());
  for (const int epoch : {7, 8, 9}) save(folder, epoch);
  damage(folder.path_of(9));
  std::vector<std::string> problems;
  const auto good = folder.newest_good(problems);
  EXPECT_EQ(good->epoch, 8);
  EXPECT_EQ(good->file.metadata().at("epoch"), "8");
  EXPECT_EQ(problems,
            Names{(run / "epoch-0009.safetensors").string() +
                  ": the file is damaged or truncated: 100 of 136 bytes are "
                  "there; copy it again, or use an older checkpoint; going on "
                  "from epoch-0008"});
}

TEST(CheckpointFolder, AllDamagedIsAnErrorThatListsThem) {
  const TemporaryFolder run;
  CheckpointFolder folder(run.path());
  for (const int epoch : {1, 2}) {
    save(folder, epoch);
    damage(folder.path_of(epoch));
  }
  std::vector<std::string> problems;
  test::expect_error_parts(
      Fault::data,
      {run.path().string() +
           ": expected a checkpoint that is whole, found none; start the run "
           "anew:\n  - ",
       "epoch-0001.safetensors: ", "epoch-0002.safetensors: "},
      [&] { (void)folder.newest_good(problems); });
}

TEST(CheckpointFolder, PruneKeepsTheNewest) {
  const TemporaryFolder run;
  CheckpointFolder folder(run.path());
  for (int epoch = 1; epoch <= 6; ++epoch) save(folder, epoch);
  test::write_bytes(run / "notes.txt", "");
  folder.prune(3);
  EXPECT_EQ(epochs_in(folder), (std::vector<int>{6, 5, 4}));
  EXPECT_TRUE(fs::exists(run / "notes.txt"));
}

TEST(CheckpointFolder, PruneKeepsAtLeastTwo) {
  const TemporaryFolder run;
  CheckpointFolder folder(run.path());
  for (int epoch = 1; epoch <= 3; ++epoch) save(folder, epoch);
  folder.prune(0);
  EXPECT_EQ(epochs_in(folder), (std::vector<int>{3, 2}));
}

TEST(CheckpointFolder, PruneCountsOnlyGoodOnes) {
  const TemporaryFolder run;
  CheckpointFolder folder(run.path());
  for (int epoch = 1; epoch <= 5; ++epoch) save(folder, epoch);
  damage(folder.path_of(5));
  damage(folder.path_of(3));
  folder.prune(2);
  EXPECT_EQ(epochs_in(folder), (std::vector<int>{5, 4, 3, 2}));
}

TEST(CheckpointFolder, PruneForgetsWhatItDeleted) {
  const TemporaryFolder run;
  CheckpointFolder folder(run.path());
  for (const int epoch : {11, 12, 13}) save(folder, epoch);
  folder.prune(3);
  save(folder, 14);
  folder.prune(3);
  for (const int epoch : {12, 13, 14}) fs::remove(folder.path_of(epoch));
  for (const int epoch : {8, 9, 10, 11}) save(folder, epoch);
  damage(folder.path_of(11));
  folder.prune(2);
  EXPECT_EQ(epochs_in(folder), (std::vector<int>{11, 10, 9}));
}

TEST(CheckpointFolder, AnUnreadableFolderIsAnInputError) {
  const TemporaryFolder run;
  test::write_bytes(run / "file", "");
  test::expect_error_parts(Fault::io, {"file: cannot create the folder: "},
                           [&] { CheckpointFolder(run / "file"); });
}

// Saves epoch after epoch, each value being its epoch, and writes the number of
// every durable one into the pipe.
[[noreturn]] void save_until_killed(const fs::path& path, int report) {
  CheckpointFolder folder(path);
  std::vector<std::string> problems;
  const auto last = folder.newest_good(problems);
  for (int epoch = last ? last->epoch + 1 : 1;; ++epoch) {
    save(folder, epoch, 20'000);
    if (::write(report, &epoch, sizeof epoch) != sizeof epoch) ::_exit(1);
    folder.prune(2);
  }
}

// Starts such a process, kills it after `delay` and returns the last epoch it
// has reported, or `before`.
int last_durable_when_killed(const fs::path& path, int before,
                             std::chrono::microseconds delay) {
  std::array<int, 2> ends{};
  if (::pipe(ends.data()) != 0) return -1;
  const pid_t child = ::fork();
  if (child == 0) save_until_killed(path, ends[1]);
  ::close(ends[1]);
  std::this_thread::sleep_for(delay);
  ::kill(child, SIGKILL);
  ::waitpid(child, nullptr, 0);
  int epoch = before;
  while (::read(ends[0], &epoch, sizeof epoch) == sizeof epoch) continue;
  ::close(ends[0]);
  return epoch;
}

TEST(CheckpointFolder, AHundredKillsLoseNothingThatWasReported) {
  constexpr unsigned kSeed = 11;
  std::mt19937 random(kSeed);
  const TemporaryFolder run;
  int durable = 0;
  int leftovers = 0;
  for (int kill = 0; kill < 100; ++kill) {
    durable = last_durable_when_killed(
        run.path(), durable, std::chrono::microseconds(random() % 20'000));
    leftovers += std::ranges::any_of(run.names(), [](const std::string& name) {
      return name.ends_with(".partial");
    });
    CheckpointFolder folder(run.path());
    std::vector<std::string> problems;
    const auto good = folder.newest_good(problems);
    ASSERT_EQ(problems, Names{}) << "seed " << kSeed;
    if (!good) {
      ASSERT_EQ(durable, 0);
      continue;
    }
    ASSERT_GE(good->epoch, durable);
    durable = good->epoch;
    for (const float value : good->file.find("w")->values) {
      ASSERT_EQ(value, static_cast<float>(good->epoch));
    }
    ASSERT_EQ(run.names().size(), epochs_in(folder).size());
  }
  RecordProperty("epochs", durable);
  RecordProperty("leftovers", leftovers);
  EXPECT_GT(durable, 10);
  EXPECT_GT(leftovers, 0) << "the kills hit no save";
}

}  // namespace
}  // namespace polytask
