// Whatever is wrong with a recipe, its file is named; and no file is waited
// for.

#include <gtest/gtest.h>
#include <sys/stat.h>

#include "tests/cli/command_line.h"

namespace polytask {
namespace {

class NamingRecipe : public test::CommandLine {
 protected:
  // The recipe with one line in the place of another.
  static void write_with(const std::string& line, const std::string& other) {
    std::string text = test::kRecipe;
    const std::size_t at = text.find(line);
    ASSERT_NE(at, std::string::npos);
    test::write_bytes("wrong.yaml", text.replace(at, line.size(), other));
  }
};

TEST_F(NamingRecipe, EveryRefusalNamesTheFile) {
  const std::vector<std::pair<std::string, std::string>> mistakes{
      {"epochs: 2", "epochs: 0"},
      {"epochs: 2", "epochs: two"},
      {"epochs: 2", "epoch: 2"},
      {"batch_size: 12", "batch_size: 1000"},
      {"batch_size: 12", "batch_size: 12, adam: {learning_rate: -1}"},
      {"test_size: 0.25", "test_size: 1.5"},
      {"filters: 4", "filters: 0"},
      {"rate: 0.25", "rate: 1.5"},
      {"    - flatten\n", ""},
      {"max_pooling2d", "max_poling2d"},
      {"desert, mountains", "desert, desert"},
      {"scene: {labels", "scene: {kind: nothing, labels"},
      {"scene: {labels", "scene: {weight: -1, labels"},
      {"  trunk:\n", "  trunk: {}\n  other:\n"},
      {"tasks:\n", "tasks: [\n"},
      {"run: {dir: run}", "run: run"},
  };
  for (const auto& [line, other] : mistakes) {
    write_with(line, other);
    for (const std::vector<std::string>& verb :
         std::vector<std::vector<std::string>>{{"train"},
                                               {"inspect"},
                                               {"bench"},
                                               {"compare"},
                                               {"study", "missing"}}) {
      std::vector<std::string> arguments = verb;
      arguments.emplace_back("wrong.yaml");
      const test::Answer answer = test::polytask(arguments);
      if (answer.code == 0) continue;  // run.dir is not the study's
      EXPECT_EQ(answer.code, 2) << other << '\n' << answer.err;
      EXPECT_NE(answer.err.find("wrong.yaml"), std::string::npos)
          << verb[0] << ' ' << other << '\n'
          << answer.err;
    }
  }
}

TEST_F(NamingRecipe, AnOverrideIsNotTheFilesFault) {
  EXPECT_EQ(test::polytask({"train", "recipe.yaml", "train.epochs=two"}).err,
            "polytask: command line: train.epochs: expected a whole number, "
            "found \"two\"\n");
}

TEST_F(NamingRecipe, NoKindOfFileIsWaitedFor) {
  ASSERT_EQ(::mkfifo("pipe.yaml", 0600), 0);
  std::filesystem::create_symlink("loop", "loop");
  std::filesystem::create_directory("folder");
  std::filesystem::create_symlink("recipe.yaml", "link.yaml");
  for (const std::string& file :
       {std::string("pipe.yaml"), std::string("loop"), std::string("/dev/null"),
        std::string("folder"), std::string(300, 'n'),
        std::string("recipe.yaml/below"), std::string("absent/below"),
        std::string("")}) {
    for (const std::vector<std::string>& arguments :
         std::vector<std::vector<std::string>>{
             {"train", file},
             {"train", "--resume", file},
             {"train", "recipe.yaml", "data.path=" + file},
             {"train", "recipe.yaml", "network.from=" + file},
             {"inspect", file},
             {"inspect", file, "--plan"},
             {"inspect", file + "/x.yaml"},
             {"bench", file},
             {"bench", "recipe.yaml", "data.path=" + file},
             {"compare", file},
             {"compare", "recipe.yaml", "--test", file, "--dir", "c"},
             {"study", "missing", file},
             {"predict", file, "scenes.h5"},
             {"evaluate", file, "scenes.h5"}}) {
      const test::Answer answer = test::polytask(arguments);
      EXPECT_TRUE(answer.code == 2 || answer.code == 3 || answer.code == 5)
          << arguments[0] << ' ' << arguments.back() << ": " << answer.code
          << ' ' << answer.err;
    }
  }
  EXPECT_EQ(test::polytask({"inspect", "link.yaml"}).code, 0);
}

}  // namespace
}  // namespace polytask
