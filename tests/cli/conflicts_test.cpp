// What polytask train and compare leave of the conflicts between tasks.

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
    "train: {epochs: 2, batch_size: 12, threads: 1}\n"
    "run: {dir: run}\n";

class Conflicts : public test::CommandLine {
 protected:
  Conflicts() {
    write_hdf5(*test::questions(64, 1), "questions.h5");
    test::write_bytes("two.yaml", kTwoTasks);
  }
};

TEST_F(Conflicts, OfTheTrunkAreLoggedAndDrawn) {
  const Answer answer =
      test::polytask({"train", "two.yaml", "train.record_conflicts=true",
                      "train.weighting={kind: pcgrad, gradients: trunk}"});
  ASSERT_EQ(answer.code, 0) << answer.err;
  std::istringstream lines(test::read_bytes("run/log.jsonl"));
  std::string line;
  std::getline(lines, line);
  const json weighting = json::parse(line)["weighting"];
  for (const char* name : {"scene~both/cosine", "scene~both/conv2d_1/cosine",
                           "scene~both/dense_1/conflicts"}) {
    EXPECT_TRUE(weighting[name].is_number()) << name;
  }
  EXPECT_NE(test::read_bytes("run/metrics.csv")
                .find(",weighting/scene~both/conv2d_1/cosine,"),
            std::string::npos);
  const std::string page = test::read_bytes("run/conflicts.html");
  EXPECT_TRUE(page.starts_with("<!DOCTYPE html>"));
  EXPECT_NE(page.find("scene ~ both, conv2d_1, epoch 2: "), std::string::npos);
}

TEST_F(Conflicts, TheDrawingIsNamedInTheDocument) {
  std::vector<std::string> words{"train", "two.yaml", "--json",
                                 "run.dir=plain"};
  EXPECT_FALSE(json::parse(test::polytask(words).out).contains("conflicts"));
  words.back() = "train.record_conflicts=true";
  EXPECT_EQ(json::parse(test::polytask(words).out)["conflicts"],
            "run/conflicts.html");
}

TEST_F(Conflicts, AreDrawnOnlyWhenTheyAreRecorded) {
  const Answer answer =
      test::polytask({"train", "two.yaml", "train.weighting=pcgrad"});
  ASSERT_EQ(answer.code, 0) << answer.err;
  EXPECT_FALSE(std::filesystem::exists("run/conflicts.html"));
}

TEST_F(Conflicts, OfEachJointNetworkOfAComparisonAreDrawn) {
  const std::vector<std::string> words{"compare",
                                       "two.yaml",
                                       "--seeds",
                                       "1",
                                       "--weightings",
                                       "pcgrad",
                                       "--dir",
                                       "c",
                                       "train.record_conflicts=true",
                                       "train.weighting.gradients=trunk"};
  const std::string named =
      "\nconflicts    c/seed-1/joint-equal/conflicts.html\n"
      "conflicts    c/seed-1/joint-pcgrad/conflicts.html\n";
  const Answer answer = test::polytask(words);
  ASSERT_EQ(answer.code, 0) << answer.err;
  EXPECT_TRUE(answer.out.ends_with(named)) << answer.out;
  const std::string page =
      test::read_bytes("c/seed-1/joint-pcgrad/conflicts.html");
  EXPECT_TRUE(page.starts_with("<!DOCTYPE html>"));
  EXPECT_NE(page.find("scene ~ both, conv2d_1, epoch 2: "), std::string::npos);
  EXPECT_TRUE(test::polytask(words).out.ends_with(named))
      << "also where nothing is trained again";
}

TEST_F(Conflicts, OfNetworksOfOneTaskThereAreNone) {
  const Answer answer =
      test::polytask({"compare", "two.yaml", "--seeds", "1", "--dir", "c",
                      "train.record_conflicts=true", "--json"});
  ASSERT_EQ(answer.code, 0) << answer.err;
  const json document = json::parse(answer.out);
  EXPECT_TRUE(document.contains("networks"));
  EXPECT_EQ(document["conflicts"],
            json::array({"c/seed-1/joint-equal/conflicts.html"}));
  EXPECT_EQ(document, json::parse(test::read_bytes("c/comparison.json")));
  EXPECT_TRUE(std::filesystem::exists("c/seed-1/joint-equal/conflicts.html"));
  EXPECT_FALSE(
      std::filesystem::exists("c/seed-1/alone-1-scene/conflicts.html"));
}

TEST_F(Conflicts, OfAComparisonAreDrawnOnlyWhenTheyAreRecorded) {
  const Answer answer =
      test::polytask({"compare", "two.yaml", "--seeds", "1", "--dir", "c",
                      "train.weighting=pcgrad"});
  ASSERT_EQ(answer.code, 0) << answer.err;
  EXPECT_EQ(answer.out.find("conflicts.html"), std::string::npos);
  EXPECT_FALSE(
      json::parse(test::read_bytes("c/comparison.json")).contains("conflicts"));
  EXPECT_FALSE(std::filesystem::exists("c/seed-1/joint-pcgrad/conflicts.html"));
}

TEST_F(Conflicts, AnUnknownWordIsRefusedWithTheKnownOnes) {
  expect_refusal(2,
                 "polytask: command line: "
                 "train.weighting.gradients: expected one of features, trunk, "
                 "found \"all\"\n",
                 {"train", "two.yaml", "train.weighting.gradients=all"});
}

}  // namespace
}  // namespace polytask
