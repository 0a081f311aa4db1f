#include <gtest/gtest.h>

#include "tests/cli/command_line.h"

namespace polytask {
namespace {

using nlohmann::json;
using test::Answer;

class StudyCommand : public test::CommandLine {};

Answer study(const std::vector<std::string>& more) {
  std::vector<std::string> words{"study", "missing", "recipe.yaml"};
  words.insert(words.end(), more.begin(), more.end());
  return test::polytask(words);
}

TEST_F(StudyCommand, LeavesNumbersReportsAndPredictions) {
  const Answer answer =
      study({"--levels", "0,50", "--seeds", "2", "--dir", "s"});
  EXPECT_EQ(answer.code, 0) << answer.err;
  EXPECT_NE(answer.err.find("[4/4] 50 % hidden, ignore, seed 2"),
            std::string::npos)
      << answer.err;
  EXPECT_NE(answer.out.find("scene, label_accuracy"), std::string::npos);
  EXPECT_NE(answer.out.find("f1 gained by more answers in the training"),
            std::string::npos);
  const json kept = test::json_in("s/study.json");
  ASSERT_EQ(kept["points"].size(), 2u);
  EXPECT_EQ(kept["points"][1]["hidden"], 0.5);
  EXPECT_LT(kept["points"][1]["observed"]["sea"],
            kept["points"][0]["observed"]["sea"]);
  EXPECT_TRUE(
      kept["points"][1]["tasks"][0]["metrics"]["macro_f1"]["mean"].is_number());
  EXPECT_TRUE(answer.out.ends_with("\nfigures      s/study.html\n"))
      << answer.out;
  const std::string page = test::read_bytes("s/study.html");
  EXPECT_TRUE(page.starts_with("<!DOCTYPE html>"));
  EXPECT_NE(page.find("<title>ignore, 50 % hidden: "), std::string::npos);
  const std::string folder = "s/hidden-50/ignore/seed-2/";
  EXPECT_TRUE(test::json_in(folder + "evaluation.json")["loss"].is_object());
  EXPECT_NE(test::read_bytes(folder + "report.txt").find("sea"),
            std::string::npos);
  const std::string csv = test::read_bytes(folder + "predictions.csv");
  EXPECT_EQ(std::ranges::count(csv, '\n'), 13) << "a header and 12 images";
  EXPECT_EQ(test::read_bytes("s/study.csv")
                .rfind("policy,hidden,seed,task,label,metric,value\n", 0),
            0u);
}

TEST_F(StudyCommand, SaysTheSameAgainWithoutTraining) {
  const std::vector<std::string> flags{
      "--levels", "0,50", "--seeds", "1", "--policies", "negative,pseudo_label",
      "--json"};
  const Answer first = study(flags);
  EXPECT_EQ(first.code, 0) << first.err;
  const Answer again = study(flags);
  EXPECT_EQ(again.out, first.out);
  EXPECT_EQ(again.err.find("left"), std::string::npos)
      << "no rest to wait for: " << again.err;
}

TEST_F(StudyCommand, NeedsTheWordMissingAndARecipe) {
  expect_refusal(2,
                 "polytask: study: expected \"missing\" and a recipe, e.g. "
                 "polytask study missing recipes/blog.yaml\n",
                 {"study", "recipe.yaml"});
}

TEST_F(StudyCommand, RefusesWhatIsNoLevel) {
  expect_refusal(2,
                 "polytask: study missing: --levels: expected percents such "
                 "as 0,25,50,75, got \"half\"\n",
                 {"study", "missing", "recipe.yaml", "--levels", "0,half"});
}

TEST_F(StudyCommand, NamesEveryUnknownPolicy) {
  expect_refusal(
      2,
      "polytask: study missing: --policies: unknown \"drop\", "
      "\"no\"; there are ignore, negative, weak_negative, "
      "pseudo_label\n",
      {"study", "missing", "recipe.yaml", "--policies", "drop,ignore,no"});
}

}  // namespace
}  // namespace polytask
