// A run folder of someone else: what is written stays in it, wherever the links
// lead that were put there.

#include <fcntl.h>

#include <map>

#include "tests/cli/command_line.h"

namespace polytask {
namespace {

namespace fs = std::filesystem;
using test::Answer;

// All that a resumed run writes, but its folders and its lock.
const std::vector<std::string>& written() {
  static const std::vector<std::string> names{
      "recipe.yaml",
      "run.json",
      "log.jsonl",
      "log.jsonl.new",
      "metrics.csv",
      "metrics.csv.new",
      "conflicts.html",
      "evaluation.json",
      "predictions.csv",
      "model.safetensors",
      "checkpoints/epoch-0003.safetensors",
      "checkpoints/model-before-0003.safetensors"};
  return names;
}

class ForeignRun : public test::CommandLine {
 protected:
  ForeignRun() {
    EXPECT_EQ(test::polytask({"train", "recipe.yaml"}).code, 0);
    fs::create_directories("outside/checkpoints");
  }

  // Moves the file out of the run, or makes a new one there, and a link in its
  // place.
  void put_link(const std::string& name, bool hard) {
    const fs::path inside = fs::path("run") / name;
    const fs::path outside = fs::absolute(fs::path("outside") / name);
    if (fs::exists(inside)) {
      fs::rename(inside, outside);
    } else {
      test::write_bytes(outside, "precious");
    }
    if (hard) {
      fs::create_hard_link(outside, inside);
    } else {
      fs::create_symlink(outside, inside);
    }
    before_[name] = test::read_bytes(outside);
  }

  void expect_nothing_changed_outside() const {
    std::size_t files = 0;
    for (const auto& entry : fs::recursive_directory_iterator("outside")) {
      files += entry.is_regular_file() ? 1 : 0;
    }
    EXPECT_EQ(files, before_.size());
    for (const auto& [name, bytes] : before_) {
      EXPECT_EQ(test::read_bytes(fs::path("outside") / name), bytes) << name;
    }
  }

  std::map<std::string, std::string> before_;
};

TEST_F(ForeignRun, NothingIsWrittenThroughItsLinks) {
  for (const bool hard : {false, true}) {
    for (const std::string& name : written()) put_link(name, hard);
    const Answer answer =
        test::polytask({"train", "--resume", "run", "train.epochs=3",
                        "train.record_conflicts=false"});
    EXPECT_EQ(answer.code, 0) << answer.err;
    expect_nothing_changed_outside();
    EXPECT_FALSE(fs::is_symlink("run/evaluation.json"));
    fs::remove_all("run");
    fs::remove_all("outside");
    fs::create_directories("outside/checkpoints");
    before_.clear();
    EXPECT_EQ(test::polytask({"train", "recipe.yaml"}).code, 0);
  }
}

// A new run in such a folder writes no other way.
TEST_F(ForeignRun, NothingIsWrittenThroughTheLinksOfAFolderWithoutARun) {
  fs::remove_all("run");
  fs::create_directories("run/checkpoints");
  for (const std::string& name : written()) {
    if (name == "model.safetensors" || name.starts_with("checkpoints/epoch")) {
      continue;  // These are refused, as a run that is there.
    }
    put_link(name, false);
  }
  const Answer answer = test::polytask({"train", "recipe.yaml"});
  EXPECT_EQ(answer.code, 0) << answer.err;
  expect_nothing_changed_outside();
}

TEST_F(ForeignRun, ItsLinkedFoldersAreRefused) {
  fs::remove("outside/checkpoints");
  fs::rename("run/checkpoints", "outside/checkpoints");
  fs::create_directory_symlink(fs::absolute("outside/checkpoints"),
                               "run/checkpoints");
  test::write_bytes("outside/checkpoints/.x.1-2.partial", "precious");
  const Answer answer =
      test::polytask({"train", "--resume", "run", "train.epochs=3"});
  EXPECT_EQ(answer.code, cli::kIo);
  EXPECT_EQ(answer.err,
            "polytask: run/checkpoints: expected a folder, found a symbolic "
            "link, which is not followed here; move it away, or choose another "
            "folder\n");
  EXPECT_TRUE(fs::exists("outside/checkpoints/.x.1-2.partial"));
  EXPECT_FALSE(fs::exists("outside/checkpoints/epoch-0003.safetensors"));
}

TEST_F(ForeignRun, ItsLinkedLockIsRefused) {
  for (const bool hard : {false, true}) {
    fs::remove("run/run.lock");
    fs::remove("outside/run.lock");
    put_link("run.lock", hard);
    EXPECT_EQ(
        test::polytask({"train", "--resume", "run", "train.epochs=3"}).code,
        cli::kIo);
    expect_nothing_changed_outside();
  }
}

// Where the runs are is the user's own affair.
TEST_F(ForeignRun, ALinkThatLeadsToTheRunIsFollowed) {
  fs::create_directory("disk");
  fs::rename("run", "disk/run");
  fs::create_directory_symlink("disk", "runs");
  fs::create_directory_symlink("run", "disk/latest");
  const Answer answer =
      test::polytask({"train", "--resume", "runs/latest", "train.epochs=3"});
  EXPECT_EQ(answer.code, 0) << answer.err;
  EXPECT_TRUE(fs::exists("disk/run/checkpoints/epoch-0003.safetensors"));
}

TEST_F(ForeignRun, LinkedFoldersOfAStudyAreRefused) {
  fs::create_directories("study/hidden-0");
  fs::create_directory("outside/ignore");
  fs::create_directory_symlink(fs::absolute("outside/ignore"),
                               "study/hidden-0/ignore");
  const Answer answer =
      test::polytask({"study", "missing", "recipe.yaml", "--levels", "0",
                      "--seeds", "1", "--dir", "study"});
  EXPECT_EQ(answer.code, cli::kIo) << answer.err;
  EXPECT_EQ(answer.err,
            "polytask: study: expected folders, found symbolic links to "
            "folders, which are not followed here; move them away, or choose "
            "another folder:\n  - study/hidden-0/ignore\n");
  EXPECT_TRUE(fs::is_empty("outside/ignore"));
}

}  // namespace
}  // namespace polytask
