// The real program, killed and interrupted: the finished run has the bits of
// one that was left alone.

#include <gtest/gtest.h>

#include <chrono>
#include <random>
#include <thread>

#include "polytask/base/text.h"
#include "polytask/checkpoint/checkpoint_folder.h"
#include "polytask/checkpoint/safetensors.h"
#include "tests/cli/command_line.h"
#include "tests/support/child_process.h"
#include "tests/support/places.h"

namespace polytask {
namespace {

using nlohmann::json;
using test::ChildProcess;
using Clock = std::chrono::steady_clock;
using Milliseconds = std::chrono::milliseconds;

// Checkpoints of 5 MB, so that a save takes a good part of an epoch.
constexpr const char* kLargerRecipe =
    "data: {path: scenes.h5, split: {test_size: 0.25, random_state: 4}}\n"
    "network:\n"
    "  trunk:\n"
    "    - conv2d: {filters: 8, activation: relu}\n"
    "    - max_pooling2d\n"
    "    - dropout: {rate: 0.25}\n"
    "    - flatten\n"
    "    - dense: {units: 1000, activation: relu}\n"
    "    - dropout\n"
    "train: {batch_size: 12, threads: 2}\n"
    "run: {dir: run}\n";

std::vector<std::string> names_below(const std::string& folder) {
  std::vector<std::string> names;
  std::error_code gone;  // A running program renames and removes files.
  std::filesystem::recursive_directory_iterator at(folder, gone);
  for (; !gone && at != std::filesystem::recursive_directory_iterator();
       at.increment(gone)) {
    names.push_back(at->path().filename().string());
  }
  return names;
}

bool is_saving() {
  return std::ranges::any_of(names_below("run"), [](const std::string& name) {
    return name.ends_with(".partial");
  });
}

class KilledRun : public test::CommandLine {
 protected:
  KilledRun() { test::write_bytes("recipe.yaml", kLargerRecipe); }

  // Goes on with the run, or begins it when it had not come so far.
  [[nodiscard]] std::vector<std::string> command() const {
    if (std::filesystem::exists("run/recipe.yaml")) {
      return {test::polytask_program(), "train", "--resume", "run"};
    }
    return {test::polytask_program(), "train", "recipe.yaml",
            cat("train.epochs=", epochs_)};
  }

  [[nodiscard]] int finish() const {
    return ChildProcess(command(), "out.txt", "err.txt").wait();
  }

  // How long a run takes that no one disturbs; it stays in the folder whole.
  [[nodiscard]] Milliseconds train_undisturbed() const {
    const auto begin = Clock::now();
    EXPECT_EQ(ChildProcess({test::polytask_program(), "train", "recipe.yaml",
                            "run.dir=whole", cat("train.epochs=", epochs_)},
                           "out.txt", "err.txt")
                  .wait(),
              0)
        << test::read_bytes("err.txt");
    return std::chrono::duration_cast<Milliseconds>(Clock::now() - begin);
  }

  static void expect_same_tensors(const std::filesystem::path& file) {
    const SafetensorsFile a(std::filesystem::path("run") / file);
    const SafetensorsFile b(std::filesystem::path("whole") / file);
    ASSERT_EQ(a.tensors().size(), b.tensors().size());
    for (std::size_t i = 0; i < a.tensors().size(); ++i) {
      const auto x = std::as_bytes(a.tensors()[i].values);
      const auto y = std::as_bytes(b.tensors()[i].values);
      EXPECT_EQ(a.tensors()[i].name, b.tensors()[i].name);
      EXPECT_TRUE(std::ranges::equal(x, y))
          << file << ": " << a.tensors()[i].name;
    }
  }

  static std::vector<json> log_of(const std::string& run) {
    std::istringstream in(test::read_bytes(run + "/log.jsonl"));
    std::vector<json> lines;
    for (std::string line; std::getline(in, line);) {
      lines.push_back(json::parse(line));
      lines.back().erase("seconds");
    }
    return lines;
  }

  void expect_run_equals_whole() const {
    expect_same_tensors("model.safetensors");
    const CheckpointFolder checkpoints{Folder("run/checkpoints")};
    expect_same_tensors("checkpoints" /
                        checkpoints.path_of(epochs_).filename());
    EXPECT_EQ(log_of("run").size(), static_cast<std::size_t>(epochs_));
    EXPECT_EQ(log_of("run"), log_of("whole"));
    EXPECT_EQ(test::json_in("run/evaluation.json"),
              test::json_in("whole/evaluation.json"));
    EXPECT_EQ(test::read_bytes("run/predictions.csv"),
              test::read_bytes("whole/predictions.csv"));
    EXPECT_FALSE(is_saving()) << "a partial file stayed behind";
  }

  int epochs_ = 8;
};

TEST_F(KilledRun, HasTheBitsOfARunThatWasLeftAlone) {
  constexpr int kKills = 12;
  const unsigned seed = std::random_device{}();
  SCOPED_TRACE(cat("seed ", seed));
  std::mt19937 random(seed);
  const Milliseconds whole = train_undisturbed();
  int killed = 0;
  int killed_in_a_save = 0;
  for (int run = 0; run < 20 && killed < kKills; ++run) {
    std::filesystem::remove_all("run");
    for (int kill = 0; kill < 6; ++kill) {
      ChildProcess child(command(), "out.txt", "err.txt");
      const Milliseconds patience(static_cast<int>(
          random() % static_cast<unsigned>(whole.count() / 3 + 1)));
      // Every second time in the first save after a while.
      const bool in_a_save = kill % 2 == 0;
      const auto begin = Clock::now();
      while (child.is_running() &&
             (Clock::now() - begin < patience || (in_a_save && !is_saving()))) {
        std::this_thread::sleep_for(std::chrono::microseconds(200));
      }
      if (!child.is_running()) break;  // It was faster.
      child.send(SIGKILL);
      child.wait();
      ++killed;
      killed_in_a_save += is_saving() ? 1 : 0;
    }
    ASSERT_EQ(finish(), 0) << test::read_bytes("err.txt");
    expect_run_equals_whole();
  }
  std::cout << killed << " kills, " << killed_in_a_save
            << " of them in a save, seed " << seed << '\n';
  EXPECT_GE(killed, kKills);
  EXPECT_GE(killed_in_a_save, 3);
}

TEST_F(KilledRun, AKillLeavesEveryFileWholeOrAbsent) {
  const unsigned seed = std::random_device{}();
  std::mt19937 random(seed);
  for (int kill = 0; kill < 4; ++kill) {
    ChildProcess child(command(), "out.txt", "err.txt");
    while (child.is_running() && !is_saving()) {
      std::this_thread::sleep_for(std::chrono::microseconds(100));
    }
    std::this_thread::sleep_for(std::chrono::microseconds(random() % 20000));
    child.send(SIGKILL);
    child.wait();
    for (const auto& entry :
         std::filesystem::recursive_directory_iterator("run")) {
      if (entry.path().extension() != ".safetensors") continue;
      EXPECT_NO_THROW(SafetensorsFile(entry.path())) << "seed " << seed;
    }
  }
}

// Waits until the run has written the log of this many epochs.
void wait_for_epochs(ChildProcess& child, std::size_t epochs) {
  const auto lines = [] {
    const std::string log = test::read_bytes("run/log.jsonl");
    return static_cast<std::size_t>(std::ranges::count(log, '\n'));
  };
  while (child.is_running() && lines() < epochs) {
    std::this_thread::sleep_for(Milliseconds(1));
  }
}

TEST_F(KilledRun, CtrlCEndsItAfterAStepAndSaysHowToGoOn) {
  epochs_ = 40;  // It must not end by itself in between.
  (void)train_undisturbed();
  ChildProcess child(command(), "out.txt", "interrupted.txt");
  wait_for_epochs(child, 2);
  child.send(SIGINT);
  EXPECT_EQ(child.wait(), cli::kInterrupted);
  const std::string err = test::read_bytes("interrupted.txt");
  EXPECT_NE(err.find("\npolytask: stopped in epoch "), std::string::npos)
      << err;
  EXPECT_TRUE(
      err.ends_with(" is saved; go on with: polytask train --resume run\n"))
      << err;
  EXPECT_FALSE(is_saving()) << "a partial file stayed behind";
  EXPECT_EQ(finish(), 0) << test::read_bytes("err.txt");
  expect_run_equals_whole();
}

TEST_F(KilledRun, TermEndsItLikeCtrlC) {
  epochs_ = 100'000;
  ChildProcess child(command(), "out.txt", "err.txt");
  wait_for_epochs(child, 1);
  child.send(SIGTERM);
  EXPECT_EQ(child.wait(), cli::kInterrupted);
}

TEST_F(KilledRun, ASecondProcessInTheFolderIsRefused) {
  epochs_ = 100'000;
  ChildProcess child(command(), "out.txt", "err.txt");
  wait_for_epochs(child, 1);
  ChildProcess second({test::polytask_program(), "train", "--resume", "run"},
                      "out.txt", "second.txt");
  EXPECT_EQ(second.wait(), cli::kUsage);
  EXPECT_NE(
      test::read_bytes("second.txt").find("run: another trainer (process "),
      std::string::npos)
      << test::read_bytes("second.txt");
  EXPECT_TRUE(child.is_running());
}

}  // namespace
}  // namespace polytask
