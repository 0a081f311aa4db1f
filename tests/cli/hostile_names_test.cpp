// Names that would make a terminal obey them, from every place a name can come
// from: none reaches the output of any verb as it is.

#include <gtest/gtest.h>

#include <fstream>

#include "polytask/base/utf8.h"
#include "polytask/checkpoint/model_file.h"
#include "polytask/data/image/png_writer.h"
#include "tests/cli/command_line.h"

namespace polytask {
namespace {

// Clears a screen; turns the writing; a control of eight bits; no width.
const std::string kHostile = "x\x1b[2J\u202E\u009B\u200By";
const std::string kShown = "x?[2J???y";

void expect_printable(const std::string& text) {
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    EXPECT_EQ(printable(line), line);
  }
}

test::Answer checked(const std::vector<std::string>& arguments) {
  const test::Answer answer = test::polytask(arguments);
  SCOPED_TRACE(arguments.front());
  expect_printable(answer.out);
  expect_printable(answer.err);
  EXPECT_NE(answer.code, 1) << answer.err;
  return answer;
}

// A run whose labels and notes have such names.
class HostileNames : public test::TrainedRun {
 protected:
  HostileNames() {
    Model model = load_model("run/model.safetensors");
    model.spec.tasks.front().labels.front() = kHostile;
    model.notes["note" + kHostile] = "first\nsecond" + kHostile;
    save_model(model, "hostile.safetensors");
  }
};

TEST_F(HostileNames, OfLabelsInEveryAnswer) {
  for (const char* flag : {"names", "csv", "json"}) {
    checked({"predict", "run", "scenes.h5", "--format", flag});
  }
  const test::Answer json =
      checked({"predict", "hostile.safetensors", "scenes.h5", "--json"});
  EXPECT_TRUE(nlohmann::json::parse(json.out)["predictions"][0]["probabilities"]
                  .contains(kHostile));
  EXPECT_NE(json.out.find("x\\u001b[2J\\u202e\\u009b\\u200by"),
            std::string::npos);
  checked({"predict", "hostile.safetensors", "scenes.h5"});
  const test::Answer text = checked({"inspect", "hostile.safetensors"});
  EXPECT_NE(text.out.find("  note" + kShown + '\n'), std::string::npos);
  EXPECT_NE(text.out.find("    second" + kShown + '\n'), std::string::npos);
  const test::Answer document =
      checked({"inspect", "hostile.safetensors", "--json"});
  EXPECT_EQ(nlohmann::json::parse(document.out)["notes"]["note" + kHostile],
            "first\nsecond" + kHostile);
  checked({"evaluate", "hostile.safetensors", "scenes.h5"});
}

// A table for programs has names as they are, but not on a terminal.
TEST_F(HostileNames, OfLabelsInATable) {
  for (const bool terminal : {false, true}) {
    std::ostringstream out, err;
    const std::vector<std::string> arguments{"predict", "hostile.safetensors",
                                             "scenes.h5", "--format", "csv"};
    EXPECT_EQ(
        cli::run_cli(arguments,
                     {.out = out, .err = err, .out_is_terminal = terminal}),
        0);
    const std::string& expected = terminal ? kShown : kHostile;
    EXPECT_NE(out.str().find(expected + ",mountains,"), std::string::npos);
  }
}

TEST_F(HostileNames, OfFiles) {
  const std::string name = kHostile + "\xff\n";
  std::filesystem::create_directory(name);
  const std::vector<std::uint8_t> pixels(16 * 16 * 3);
  write_png(name + "/" + name + ".png", 16, 16, pixels);
  test::write_bytes(name + "/broken.png", "no image");
  test::write_bytes("model" + name, "no model");
  for (const std::vector<std::string>& arguments :
       std::vector<std::vector<std::string>>{
           {"predict", "run", name},
           {"predict", "run", name, "--format", "json"},
           {"predict", "run", name + "/" + name + ".png"},
           {"predict", "run", "absent" + name},
           {"predict", "model" + name, "scenes.h5"},
           {"evaluate", "run", name},
           {"evaluate", name, "scenes.h5"},
           {"inspect", name},
           {"inspect", "model" + name},
           {"inspect", "absent" + name + ".yaml"},
           {"train", "absent" + name + ".yaml"},
           {"train", "recipe.yaml", "data.path=" + name},
           {"train", "recipe.yaml", "run.dir=run", "data.path=x" + name},
           {"train", "--resume", name},
           {"compare", "recipe.yaml", "data.path=" + name},
           {"study", "missing", "recipe.yaml", "data.path=" + name},
           {"bench", "recipe.yaml", "data.path=" + name},
           {"draw", "scenes", name + "/" + name + "/x.h5", "--count", "2"},
           {"demo", "--dir", "model" + name}}) {
    const test::Answer answer = checked(arguments);
    EXPECT_TRUE(answer.code == 0 || !answer.err.empty());
  }
}

TEST_F(HostileNames, OnTheCommandLine) {
  for (const std::string verb : {"train", "evaluate", "predict", "inspect",
                                 "bench", "compare", "study", "draw", "demo"}) {
    checked({verb, "--" + kHostile});
    checked({verb, "recipe.yaml", "train." + kHostile + "=3"});
    checked({verb, "recipe.yaml", "train.epochs=" + kHostile});
    checked({verb, "recipe.yaml", "--threads", kHostile});
  }
  checked({kHostile});
  checked({"draw", kHostile, "x.h5"});
  checked({"predict", "run", "scenes.h5", "--format", kHostile});
  checked({"predict", "run", "scenes.h5", "--images", kHostile});
}

TEST_F(HostileNames, InRecipes) {
  const std::string escaped = R"("x\e[2J\u202E\u009B\u200By")";
  for (const std::string& tasks :
       {escaped + ": {labels: [desert, mountains, sea, sunset, trees]}",
        "scene: {labels: [" + escaped + ", mountains, sea, sunset, trees]}",
        "scene: {kind: " + escaped + "}", "scene: {" + escaped + ": 1}"}) {
    test::write_bytes("hostile.yaml", "data: {path: scenes.h5}\ntasks: {" +
                                          tasks +
                                          "}\nnetwork: {trunk: [flatten]}\n"
                                          "train: {epochs: 1}\n");
    checked({"inspect", "hostile.yaml"});
    checked({"inspect", "hostile.yaml", "--plan"});
    checked({"train", "hostile.yaml", "run.dir=new" + tasks.substr(0, 3)});
    checked({"bench", "hostile.yaml", "--steps", "1"});
  }
}

}  // namespace
}  // namespace polytask
