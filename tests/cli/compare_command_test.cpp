#include <gtest/gtest.h>

#include "tests/cli/command_line.h"
#include "tests/train/questions.h"

namespace polytask {
namespace {

using nlohmann::json;
using test::Answer;

constexpr const char* kTwoTasks =
    "data:\n"
    "  path: questions.h5\n"
    "  split: {test_size: 0.25, random_state: 4}\n"
    "tasks:\n"
    "  scene: {kind: multilabel}\n"
    "  both: {kind: categorical}\n"
    "network:\n"
    "  trunk:\n"
    "    - conv2d: {filters: 4, activation: relu}\n"
    "    - flatten\n"
    "    - dense: {units: 8, activation: relu}\n"
    "train: {epochs: 2, batch_size: 12, threads: 1}\n";

class CompareCommand : public test::CommandLine {
 protected:
  CompareCommand() {
    write_hdf5(*test::questions(64, 1), "questions.h5");
    test::write_bytes("two.yaml", kTwoTasks);
  }
};

TEST_F(CompareCommand, PrintsTheTableAndKeepsTheNumbers) {
  const Answer answer =
      test::polytask({"compare", "two.yaml", "--seeds", "2", "--dir", "c"});
  EXPECT_EQ(answer.code, 0) << answer.err;
  EXPECT_NE(answer.out.find("joint beside one network a task"),
            std::string::npos);
  EXPECT_NE(answer.err.find("[6/6] both alone, seed 2"), std::string::npos)
      << answer.err;
  const json kept = test::json_in("c/comparison.json");
  EXPECT_EQ(kept["networks"][0]["tasks"][1]["task"], "both");
  const Answer again = test::polytask(
      {"compare", "two.yaml", "--seeds", "2", "--dir", "c", "--json"});
  EXPECT_EQ(json::parse(again.out)["networks"][0]["tasks"],
            kept["networks"][0]["tasks"]);
}

TEST_F(CompareCommand, TakesWeightingsByNameAndUwForUncertainty) {
  const Answer answer = test::polytask({"compare", "two.yaml", "--seeds", "1",
                                        "--weightings", "equal,uw,pcgrad"});
  EXPECT_EQ(answer.code, 0) << answer.err;
  EXPECT_NE(answer.out.find("uncertainty beside equal"), std::string::npos);
  EXPECT_NE(answer.out.find("pcgrad beside equal"), std::string::npos);
}

TEST_F(CompareCommand, NamesEveryUnknownWeighting) {
  const Answer answer = test::polytask(
      {"compare", "two.yaml", "--weightings", "equal,pc-grad,famous"});
  EXPECT_EQ(answer.code, 2);
  EXPECT_NE(answer.err.find("--weightings: unknown \"pc-grad\", \"famous\"; "
                            "there are equal, "),
            std::string::npos)
      << answer.err;
}

TEST_F(CompareCommand, RefusesASingleTask) {
  const Answer answer = test::polytask({"compare", "recipe.yaml"});
  EXPECT_EQ(answer.code, 2);
  EXPECT_NE(answer.err.find("tasks: a comparison needs at least two, got 1"),
            std::string::npos)
      << answer.err;
}

TEST_F(CompareCommand, RefusesARecipeWithoutImagesToCompareOn) {
  const Answer answer =
      test::polytask({"compare", "two.yaml", "data.split.test_size=0"});
  EXPECT_NE(answer.code, 0);
  EXPECT_NE(answer.err.find("test_size"), std::string::npos) << answer.err;
}

}  // namespace
}  // namespace polytask
