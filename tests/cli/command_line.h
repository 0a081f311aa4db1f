// The command line as tests use it: a folder of its own, a small data set in
// it, and what a command printed.

#pragma once

#include <gtest/gtest.h>

#include <filesystem>
#include <nlohmann/json.hpp>
#include <sstream>
#include <string>
#include <vector>

#include "apps/cli/command.h"
#include "polytask/data/hdf5_writer.h"
#include "polytask/worlds/worlds.h"
#include "tests/support/temporary_folder.h"

namespace polytask::test {

struct Answer {
  int code = 0;
  std::string out;
  std::string err;
};

inline Answer polytask(const std::vector<std::string>& arguments) {
  std::ostringstream out;
  std::ostringstream err;
  const int code = cli::run_cli(arguments, {.out = out, .err = err});
  return {.code = code, .out = out.str(), .err = err.str()};
}

inline nlohmann::json json_in(const std::string& path) {
  return nlohmann::json::parse(read_bytes(path));
}

inline constexpr const char* kRecipe =
    "data:\n"
    "  path: scenes.h5\n"
    "  split: {test_size: 0.25, random_state: 4}\n"
    "tasks:\n"
    "  scene: {labels: [desert, mountains, sea, sunset, trees]}\n"
    "network:\n"
    "  trunk:\n"
    "    - conv2d: {filters: 4, activation: relu}\n"
    "    - max_pooling2d\n"
    "    - dropout: {rate: 0.25}\n"
    "    - flatten\n"
    "    - dense: {units: 8, activation: relu}\n"
    "train: {epochs: 2, batch_size: 12, threads: 2}\n"
    "run: {dir: run}\n";

inline DatasetPtr small_scenes(int count = 48, std::uint64_t seed = 1,
                               int side = 16) {
  return draw_scenes({.count = count,
                      .seed = seed,
                      .height = side,
                      .width = side,
                      .threads = 1});
}

// The working folder of each test is a new one with scenes.h5 and recipe.yaml.
class CommandLine : public ::testing::Test {
 protected:
  CommandLine() : before_(std::filesystem::current_path()) {
    std::filesystem::current_path(folder_.path());
    write_hdf5(*small_scenes(), "scenes.h5");
    write_bytes("recipe.yaml", kRecipe);
  }
  ~CommandLine() override { std::filesystem::current_path(before_); }

  // Expects the exit code, exactly this on stderr and nothing on stdout; and
  // that no file or folder has come or gone.
  void expect_refusal(int code, const std::string& err,
                      const std::vector<std::string>& arguments) {
    const std::vector<std::string> names = folder_.names();
    const Answer answer = polytask(arguments);
    EXPECT_EQ(answer.code, code) << answer.err;
    EXPECT_EQ(answer.err, err);
    EXPECT_EQ(answer.out, "");
    EXPECT_EQ(folder_.names(), names);
  }

  TemporaryFolder folder_;

 private:
  std::filesystem::path before_;
};

// The same with a trained run in the folder run.
class TrainedRun : public CommandLine {
 protected:
  TrainedRun() {
    const Answer answer = polytask({"train", "recipe.yaml"});
    EXPECT_EQ(answer.code, 0) << answer.err;
  }
};

}  // namespace polytask::test
