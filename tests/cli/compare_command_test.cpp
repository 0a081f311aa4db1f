#include <gtest/gtest.h>

#include "tests/cli/command_line.h"
#include "tests/data/small_dataset.h"
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
  EXPECT_NE(answer.out.find("joint compared with one network per task"),
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

// Of 64 images 48 are compared on, of which each training has 38.
TEST_F(CompareCommand, HoldsTheBatchToTheImagesOfATraining) {
  const Answer answer =
      test::polytask({"compare", "two.yaml", "train.batch_size=100", "--seeds",
                      "1", "--dir", "c"});
  EXPECT_EQ(answer.code, 0) << answer.err;
  EXPECT_TRUE(answer.err.starts_with(
      "note: train.batch_size: it is 38 now, for each training of the study "
      "has no more images\n"))
      << answer.err;
}

TEST_F(CompareCommand, TakesWeightingsByNameAndUwForUncertainty) {
  const Answer answer = test::polytask({"compare", "two.yaml", "--seeds", "1",
                                        "--weightings", "equal,uw,pcgrad"});
  EXPECT_EQ(answer.code, 0) << answer.err;
  EXPECT_NE(answer.out.find("uncertainty compared with equal"),
            std::string::npos);
  EXPECT_NE(answer.out.find("pcgrad compared with equal"), std::string::npos);
}

TEST_F(CompareCommand, AFileOfItsOwnJudgesAndAllOthersAreSplit) {
  write_hdf5(*test::questions(40, 2), "held_back.h5");
  const Answer answer =
      test::polytask({"compare", "two.yaml", "--seeds", "1", "--test",
                      "held_back.h5", "--dir", "c"});
  EXPECT_EQ(answer.code, 0) << answer.err;
  const json kept = test::json_in("c/comparison.json");
  EXPECT_EQ(kept["test_images"], 40);
  EXPECT_EQ(kept["train_images"], 51);
  EXPECT_EQ(kept["validation_images"], 13);
  const Answer other = test::polytask({"compare", "two.yaml", "--seeds", "1",
                                       "--test", "questions.h5", "--dir", "c"});
  EXPECT_EQ(other.code, 2);
  EXPECT_NE(other.err.find("c: holds a study of another recipe"),
            std::string::npos)
      << other.err;
}

TEST_F(CompareCommand, RefusesAFileWithImagesOfAnotherSize) {
  const std::vector<std::string> columns{"scene/rows", "scene/columns",
                                         "scene/red", "both"};
  write_hdf5(*test::small_dataset({.height = 5,
                                   .width = 7,
                                   .channels = 3,
                                   .pixels = PixelType::uint8,
                                   .labels = columns},
                                  2, {0, 1, 0, 2, 1, 0, 1, 1}),
             "small.h5");
  const Answer answer =
      test::polytask({"compare", "two.yaml", "--test", "small.h5"});
  EXPECT_EQ(answer.code, 3);
  EXPECT_NE(
      answer.err.find("compare: --test: expected images of [10, 10, 3] as "
                      "in the recipe's data, found [5, 7, 3] in "
                      "small.h5\n"),
      std::string::npos)
      << answer.err;
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
