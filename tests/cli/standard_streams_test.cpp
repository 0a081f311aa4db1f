// The real program with standard streams that are full, closed or left.

#include <gtest/gtest.h>
#include <sys/wait.h>

#include <cstdlib>

#include "polytask/base/text.h"
#include "tests/cli/command_line.h"
#include "tests/support/places.h"

namespace polytask {
namespace {

// What each verb needs to print a result, in the folder of a trained run.
const std::vector<std::string> kResults{
    "train recipe.yaml run.dir=other",
    "train recipe.yaml run.dir=other --json",
    "evaluate run",
    "evaluate run --json",
    "predict run scenes.h5",
    "predict run scenes.h5 --format csv",
    "predict run scenes.h5 --json",
    "inspect run",
    "inspect scenes.h5 --json",
    "inspect recipe.yaml --plan",
    "bench recipe.yaml --steps 1",
    "bench recipe.yaml --steps 1 --json",
    "demo --help",
    "draw --help",
    "compare --help",
    "study --help",
    "--help",
    "--version"};

class StandardStreams : public test::TrainedRun {
 protected:
  // The exit code of a line of the shell, in which P is the program; what
  // it writes to the file "err" is `err_`.
  int shell(const std::string& line) {
    std::filesystem::remove_all("other");
    const std::string command = cat("P=", test::polytask_program(), "\n", line);
    const int status = std::system(command.c_str());
    err_ = test::read_bytes("err");
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  }

  std::string err_;
};

bool ends_with_line(const std::string& text, const std::string& line) {
  return text == line + '\n' || text.ends_with('\n' + line + '\n');
}

TEST_F(StandardStreams, AFullDiskIsSaidAndEndsWithFive) {
  for (const std::string& verb : kResults) {
    EXPECT_EQ(shell(cat("$P ", verb, " >/dev/full 2>err")), 5) << verb;
    EXPECT_TRUE(ends_with_line(
        err_, "polytask: standard output: No space left on device"))
        << verb << '\n'
        << err_;
  }
}

TEST_F(StandardStreams, AClosedOneIsSaidAndEndsWithFive) {
  for (const std::string& verb : kResults) {
    EXPECT_EQ(shell(cat("$P ", verb, " >&- 2>err")), 5) << verb;
    EXPECT_TRUE(
        ends_with_line(err_, "polytask: standard output: Bad file descriptor"))
        << verb << '\n'
        << err_;
  }
}

TEST_F(StandardStreams, ATrainingIsSavedBeforeItIsSaid) {
  EXPECT_EQ(shell("$P train recipe.yaml run.dir=other >/dev/full 2>err"), 5);
  EXPECT_EQ(test::json_in("other/evaluation.json"),
            test::json_in("run/evaluation.json"));
  EXPECT_EQ(test::read_bytes("other/predictions.csv"),
            test::read_bytes("run/predictions.csv"));
}

TEST_F(StandardStreams, AReaderThatLeavesEndsItQuietly) {
  for (const std::string& verb : kResults) {
    // The reader is gone before the first byte.
    const int code =
        shell(cat("{ $P ", verb, " 2>err; echo $? >code; } | exec <&-"));
    EXPECT_EQ(code, 0) << verb;
    EXPECT_EQ(test::read_bytes("code"), "0\n") << verb;
    EXPECT_EQ(err_.find("standard output"), std::string::npos) << err_;
  }
}

TEST_F(StandardStreams, TalkThatIsNotHeardStopsNoTraining) {
  for (const char* err : {"2>/dev/full", "2>&-"}) {
    EXPECT_EQ(shell(cat("$P train recipe.yaml run.dir=other >out ", err)), 0);
    EXPECT_EQ(test::json_in("other/evaluation.json"),
              test::json_in("run/evaluation.json"));
  }
  EXPECT_EQ(shell("{ $P train recipe.yaml run.dir=other 2>&1 >out; "
                  "echo $? >code; } | exec <&-"),
            0);
  EXPECT_EQ(test::read_bytes("code"), "0\n");
}

// Were the numbers free, the first files a verb opens would get them, and its
// talk would go into the files.
TEST_F(StandardStreams, NoFileTakesThePlaceOfAClosedStream) {
  const std::string data = test::read_bytes("scenes.h5");
  EXPECT_EQ(shell("$P train recipe.yaml run.dir=other <&- >&- 2>&-"), 5);
  EXPECT_EQ(test::read_bytes("scenes.h5"), data);
  EXPECT_EQ(test::json_in("other/evaluation.json"),
            test::json_in("run/evaluation.json"));
  for (const std::string name :
       {"recipe.yaml", "log.jsonl", "metrics.csv", "run.json"}) {
    EXPECT_EQ(test::read_bytes("other/" + name).find("polytask: "),
              std::string::npos);
    EXPECT_EQ(test::read_bytes("other/" + name).find("Train on"),
              std::string::npos);
  }
  EXPECT_EQ(shell("$P predict run scenes.h5 <&- 2>&- >out"), 0);
  EXPECT_EQ(test::read_bytes("out"),
            test::polytask({"predict", "run", "scenes.h5"}).out);
}

// A verb that fails says its own trouble; output that is lost as well is said,
// too.
TEST_F(StandardStreams, AFailureOfTheVerbComesFirst) {
  EXPECT_EQ(shell("$P evaluate run absent.h5 >/dev/full 2>err"), 5);
  EXPECT_EQ(err_.find("standard output"), std::string::npos) << err_;
  EXPECT_EQ(shell("$P frobnicate >&- 2>err"), 2);
}

}  // namespace
}  // namespace polytask
