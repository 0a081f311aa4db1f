#include "polytask/checkpoint/checkpoint_folder.h"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <csignal>
#include <functional>
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

void accept(const SafetensorsFile& /*unused*/) {}

void damage(const fs::path& path) { fs::resize_file(path, 100); }

std::vector<int> epochs_in(const CheckpointFolder& folder) {
  std::vector<int> epochs;
  for (const auto& entry : folder.list()) epochs.push_back(entry.epoch);
  return epochs;
}

TEST(CheckpointFolder, NamesAFileAfterItsEpoch) {
  const TemporaryFolder run;
  const CheckpointFolder folder(Folder::make(run / "a/checkpoints"));
  EXPECT_EQ(folder.path_of(7), run / "a/checkpoints/epoch-0007.safetensors");
}

TEST(CheckpointFolder, ListsNewestFirstAndOnlyItsOwnFiles) {
  const TemporaryFolder run;
  const CheckpointFolder folder(Folder::make(run.path()));
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
  const CheckpointFolder folder(Folder::make(run.path()));
  EXPECT_EQ(run.names(), Names{});
}

TEST(CheckpointFolder, AnEmptyFolderHasNoGoodOne) {
  const TemporaryFolder run;
  std::vector<std::string> problems;
  EXPECT_FALSE(CheckpointFolder(Folder(run.path()))
                   .newest_good(problems, accept)
                   .has_value());
  EXPECT_TRUE(problems.empty());
}

TEST(CheckpointFolder, FallsBackToTheOlderOneAndSaysSo) {
  const TemporaryFolder run;
  CheckpointFolder folder(Folder::make(run.path()));
  for (const int epoch : {7, 8, 9}) save(folder, epoch);
  damage(folder.path_of(9));
  std::vector<std::string> problems;
  const auto good = folder.newest_good(problems, accept);
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
  CheckpointFolder folder(Folder::make(run.path()));
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
      [&] { (void)folder.newest_good(problems, accept); });
}

TEST(CheckpointFolder, PruneKeepsTheNewest) {
  const TemporaryFolder run;
  CheckpointFolder folder(Folder::make(run.path()));
  for (int epoch = 1; epoch <= 6; ++epoch) save(folder, epoch);
  test::write_bytes(run / "notes.txt", "");
  folder.prune(3);
  EXPECT_EQ(epochs_in(folder), (std::vector<int>{6, 5, 4}));
  EXPECT_TRUE(fs::exists(run / "notes.txt"));
}

TEST(CheckpointFolder, PruneKeepsAtLeastTwo) {
  const TemporaryFolder run;
  CheckpointFolder folder(Folder::make(run.path()));
  for (int epoch = 1; epoch <= 3; ++epoch) save(folder, epoch);
  folder.prune(0);
  EXPECT_EQ(epochs_in(folder), (std::vector<int>{3, 2}));
}

TEST(CheckpointFolder, PruneCountsOnlyGoodOnes) {
  const TemporaryFolder run;
  CheckpointFolder folder(Folder::make(run.path()));
  for (int epoch = 1; epoch <= 5; ++epoch) save(folder, epoch);
  damage(folder.path_of(5));
  damage(folder.path_of(3));
  folder.prune(2);
  EXPECT_EQ(epochs_in(folder), (std::vector<int>{5, 4, 3, 2}));
}

TEST(CheckpointFolder, PruneForgetsWhatItDeleted) {
  const TemporaryFolder run;
  CheckpointFolder folder(Folder::make(run.path()));
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

TEST(CheckpointFolder, StaysTheFolderThatWasOpened) {
  const TemporaryFolder run;
  const Folder folder = Folder::make(run / "folder");
  fs::remove(run / "folder");
  fs::create_directory(run / "folder");
  const CheckpointFolder gone(folder);
  EXPECT_TRUE(gone.list().empty());
}

// What may have the newest checkpoint's name and is none, and what is said.
struct Unusable {
  std::function<void(const fs::path&)> make;
  std::string found;
};

const std::vector<Unusable>& unusable() {
  static const std::vector<Unusable> all{
      {[](const fs::path& path) { fs::create_directory(path); },
       ": expected a file, found a folder; name the safetensors file itself"},
      {[](const fs::path& path) { ::mkfifo(path.c_str(), 0600); },
       ": expected a file, found a device; name the safetensors file itself"},
      {[](const fs::path& path) { test::write_bytes(path, ""); },
       ": the file is damaged or truncated: 0 of 10 bytes are there; copy it "
       "again, or use an older checkpoint"},
      {[](const fs::path& path) { fs::create_symlink("nowhere", path); },
       ": no such file"},
      {[](const fs::path& path) { fs::create_symlink(path, path); },
       ": cannot open it: Too many levels of symbolic links"}};
  return all;
}

TEST(CheckpointFolder, FallsBackFromWhateverIsNoCheckpoint) {
  for (const Unusable& newest : unusable()) {
    const TemporaryFolder run;
    CheckpointFolder folder(Folder::make(run.path()));
    save(folder, 8);
    newest.make(folder.path_of(9));
    std::vector<std::string> problems;
    const auto good = folder.newest_good(problems, accept);
    EXPECT_EQ(good->epoch, 8);
    EXPECT_EQ(problems, Names{folder.path_of(9).string() + newest.found +
                              "; going on from epoch-0008"});
    // The run comes to this epoch again.
    const std::vector<float> values{9};
    SafetensorsWriter writer(folder.destination_of(9), {},
                             {{"w", {1}, values}});
    writer.write_bytes();
    writer.commit();
    folder.prune(2);
    EXPECT_EQ(folder.newest_good(problems, accept)->epoch, 9) << newest.found;
  }
}

TEST(CheckpointFolder, WhenNoneIsLeftEachIsNamedWithItsReason) {
  const TemporaryFolder run;
  CheckpointFolder folder(Folder::make(run.path()));
  std::string expected =
      run.path().string() +
      ": expected a checkpoint that is whole, found none; make one readable, "
      "or start the run anew:";
  int epoch = 9;
  for (const Unusable& entry : unusable()) {
    entry.make(folder.path_of(epoch));
    expected += "\n  - " + folder.path_of(epoch--).string() + entry.found;
  }
  std::vector<std::string> problems;
  test::expect_error(Fault::io, expected,
                     [&] { (void)folder.newest_good(problems, accept); });
}

// It is whole, but another training's, or no training's.
TEST(CheckpointFolder, FallsBackFromWhatCannotBeUsedAndDoesNotCountIt) {
  const TemporaryFolder run;
  CheckpointFolder folder(Folder::make(run.path()));
  for (const int epoch : {6, 7, 8, 9}) save(folder, epoch);
  std::vector<std::string> problems;
  const auto good =
      folder.newest_good(problems, [](const SafetensorsFile& file) {
        if (file.metadata().at("epoch") == "9") {
          throw Error(Fault::data, "it is of no use");
        }
      });
  EXPECT_EQ(good->epoch, 8);
  EXPECT_EQ(problems, Names{"it is of no use; going on from epoch-0008"});
  folder.prune(2);
  EXPECT_EQ(epochs_in(folder), (std::vector<int>{9, 8, 7}));
}

TEST(CheckpointFolder, PassesOnThatTheCheckpointIsOfOtherSettings) {
  const TemporaryFolder run;
  CheckpointFolder folder(Folder::make(run.path()));
  for (const int epoch : {8, 9}) save(folder, epoch);
  std::vector<std::string> problems;
  test::expect_error(Fault::config, "other settings", [&] {
    (void)folder.newest_good(problems, [](const SafetensorsFile&) {
      throw Error(Fault::config, "other settings");
    });
  });
}

TEST(CheckpointFolder, KeepsAReplacedModelWhileACheckpointMayNameIt) {
  const TemporaryFolder run;
  test::write_bytes(run / "model", "of epoch 2");
  const Folder outer(run.path());
  CheckpointFolder folder(outer.inner("checkpoints"));
  for (const int epoch : {3, 4}) save(folder, epoch);
  folder.keep_replaced_model(outer, "model", 4);
  write_file_atomically({outer, "model"}, "of epoch 4");
  folder.prune(2);
  EXPECT_EQ(folder.replaced_models(), Names{"model-before-0004.safetensors"});
  EXPECT_EQ(
      test::read_bytes(run / "checkpoints" / "model-before-0004.safetensors"),
      "of epoch 2");
  save(folder, 5);
  folder.prune(2);
  EXPECT_EQ(folder.replaced_models(), Names{});
}

// Saves epoch after epoch, each value being its epoch, and writes the number of
// every durable one into the pipe.
[[noreturn]] void save_until_killed(const fs::path& path, int report) {
  CheckpointFolder folder(Folder::make(path));
  std::vector<std::string> problems;
  const auto last = folder.newest_good(problems, accept);
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
    CheckpointFolder folder(Folder::make(run.path()));
    std::vector<std::string> problems;
    const auto good = folder.newest_good(problems, accept);
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
