// Verbs, flags and help: what every command has in common.

#include <gtest/gtest.h>

#include "tests/cli/command_line.h"

namespace polytask {
namespace {

using test::Answer;

const std::vector<std::string> kVerbs{"demo",    "draw",    "train", "evaluate",
                                      "predict", "inspect", "bench"};

TEST(RunCli, WithoutAVerbItSaysWhatThereIs) {
  const Answer answer = test::polytask({});
  EXPECT_EQ(answer.code, cli::kUsage);
  EXPECT_EQ(answer.out, "");
  for (const std::string& verb : kVerbs) {
    EXPECT_NE(answer.err.find("\n  " + verb + " "), std::string::npos) << verb;
  }
}

TEST(RunCli, HelpGoesToStdout) {
  for (const char* word : {"--help", "-h", "help"}) {
    const Answer answer = test::polytask({word});
    EXPECT_EQ(answer.code, cli::kOk);
    EXPECT_EQ(answer.err, "");
    EXPECT_EQ(answer.out, test::polytask({}).err);
  }
}

TEST(RunCli, EveryVerbHasHelp) {
  for (const std::string& verb : kVerbs) {
    const Answer answer = test::polytask({verb, "--help"});
    EXPECT_EQ(answer.code, cli::kOk) << verb;
    EXPECT_EQ(answer.err, "") << verb;
    EXPECT_NE(answer.out.find("Usage: polytask " + verb + " ["),
              std::string::npos)
        << answer.out;
  }
}

TEST(RunCli, SaysItsVersion) {
  for (const char* word : {"--version", "-V", "version"}) {
    EXPECT_EQ(test::polytask({word}).out, "polytask 0.1.0\n");
  }
  EXPECT_EQ(test::polytask({"version", "--json"}).out,
            "{\n  \"polytask\": \"0.1.0\"\n}\n");
}

TEST(RunCli, HelpOfAVerb) {
  EXPECT_EQ(test::polytask({"help", "draw"}).out,
            test::polytask({"draw", "--help"}).out);
  const Answer answer = test::polytask({"help", "drwa"});
  EXPECT_EQ(answer.code, cli::kUsage);
  EXPECT_EQ(answer.err,
            "polytask: unknown command \"drwa\"; did you mean \"draw\"?\n");
}

TEST(RunCli, AKeyOfTheRecipeAsAFlag) {
  const auto advice = [](const std::vector<std::string>& arguments) {
    const Answer answer = test::polytask(arguments);
    EXPECT_EQ(answer.code, cli::kUsage);
    return answer.err;
  };
  EXPECT_EQ(advice({"train", "recipe.yaml", "--epochs", "3"}),
            "polytask: train: found --epochs, which it does not take; it is a "
            "key of the recipe: say train.epochs=3\n");
  EXPECT_EQ(advice({"train", "recipe.yaml", "--batch-size=8"}),
            "polytask: train: found --batch-size=8, which it does not take; it "
            "is a key of the recipe: say train.batch_size=8\n");
  EXPECT_EQ(advice({"bench", "recipe.yaml", "--data.path", "x.h5"}),
            "polytask: bench: found --data.path, which it does not take; it is "
            "a key of the recipe: say data.path=x.h5\n");
  EXPECT_EQ(advice({"compare", "recipe.yaml", "--epoch"}),
            "polytask: compare: found --epoch, which it does not take; it is a "
            "key of the recipe: say train.epochs=...\n");
  EXPECT_EQ(advice({"predict", "run", "x.png", "--epochs", "3"}),
            "polytask: predict: found --epochs, which it does not take; "
            "polytask predict --help lists what there is\n");
}

TEST(RunCli, AMistypedVerb) {
  const Answer answer = test::polytask({"trian", "recipe.yaml"});
  EXPECT_EQ(answer.code, cli::kUsage);
  EXPECT_EQ(answer.err,
            "polytask: unknown command \"trian\"; did you mean \"train\"?\n");
}

TEST(RunCli, AnUnknownVerb) {
  EXPECT_EQ(
      test::polytask({"frobnicate"}).err,
      "polytask: unknown command \"frobnicate\"; the commands are: demo, "
      "draw, train, evaluate, predict, set, compare, study, inspect, bench, "
      "help, completion, version\n");
}

TEST(RunCli, AMistypedFlag) {
  const Answer answer =
      test::polytask({"predict", "run", "scenes.h5", "--formt", "csv"});
  EXPECT_EQ(answer.code, cli::kUsage);
  EXPECT_EQ(answer.err,
            "polytask: predict: found --formt, which it does not take; did you "
            "mean --format?\n");
}

TEST(RunCli, AFlagWithoutItsValue) {
  EXPECT_EQ(test::polytask({"train", "--resume"}).err,
            "polytask: train: --resume: expected a value, found none; polytask "
            "train --help lists what there is\n");
}

TEST(RunCli, AFlagWithAValueOfAnotherKind) {
  EXPECT_EQ(test::polytask({"draw", "scenes", "x.h5", "--count", "many"}).err,
            "polytask: draw: cannot understand --count = many; polytask draw "
            "--help lists what there is\n");
}

TEST(RunCli, AFormatThatDoesNotExist) {
  EXPECT_EQ(test::polytask({"predict", "m", "x", "--format", "xml"}).err,
            "polytask: predict: --format: xml not in {lines,names,csv,json}; "
            "polytask predict --help lists what there is\n");
}

TEST(RunCli, AnArgumentThatIsMissing) {
  EXPECT_EQ(test::polytask({"predict"}).err,
            "polytask: predict: model is required; polytask predict --help "
            "lists what there is\n");
  EXPECT_EQ(test::polytask({"train"}).err,
            "polytask: train: expected a recipe, e.g. polytask train "
            "recipes/blog.yaml data.path=scenes.h5\n");
}

}  // namespace
}  // namespace polytask
