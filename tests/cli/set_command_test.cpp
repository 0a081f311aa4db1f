// polytask set, and --threshold: other thresholds and names for a trained
// model.

#include <gtest/gtest.h>

#include "polytask/base/text.h"
#include "polytask/checkpoint/model_file.h"
#include "tests/cli/command_line.h"

namespace polytask {
namespace {

using nlohmann::json;
using test::Answer;

class Threshold : public test::TrainedRun {};
class SetCommand : public test::TrainedRun {};

json rows(const std::string& model, std::vector<std::string> flags = {}) {
  flags.insert(flags.begin(), {"predict", model, "scenes.h5", "--json"});
  const Answer answer = test::polytask(flags);
  EXPECT_EQ(answer.code, 0) << answer.err;
  return json::parse(answer.out)["predictions"];
}

// Each image has the label exactly where its probability is above `threshold`.
void expect_threshold(const json& rows, const std::string& label,
                      double threshold) {
  int yes = 0;
  for (const json& row : rows) {
    const std::vector<std::string> labels = row["labels"];
    const bool has = std::ranges::count(labels, label) > 0;
    EXPECT_EQ(has, row["probabilities"][label].get<double>() > threshold);
    yes += has ? 1 : 0;
  }
  EXPECT_GT(yes, 0) << label;
  EXPECT_LT(yes, static_cast<int>(rows.size())) << label;
}

// A threshold that some images are above and some below, and none is at: the
// probabilities that are printed are rounded.
double median_of(const json& rows, const std::string& label) {
  std::vector<double> values;
  for (const json& row : rows) values.push_back(row["probabilities"][label]);
  std::ranges::sort(values);
  const std::size_t middle = values.size() / 2;
  return (values[middle - 1] + values[middle]) / 2.0;
}

TEST_F(Threshold, DecidesTheLabelItNamesAndNoOther) {
  const json before = rows("run");
  const double sea = median_of(before, "sea");
  const json now = rows("run", {"--threshold", cat("sea=", sea)});
  expect_threshold(now, "sea", std::stod(cat(sea)));
  for (std::size_t i = 0; i < now.size(); ++i) {
    EXPECT_EQ(now[i]["probabilities"], before[i]["probabilities"]);
    std::vector<std::string> a = before[i]["labels"];
    std::vector<std::string> b = now[i]["labels"];
    std::erase(a, "sea");
    std::erase(b, "sea");
    EXPECT_EQ(a, b);
  }
}

TEST_F(Threshold, IsForEveryLabelWhenItNamesNone) {
  for (const json& row : rows("run", {"--threshold", "1"})) {
    EXPECT_EQ(row["labels"], json::array());
  }
  for (const json& row :
       rows("run", {"--threshold", "0", "--threshold", "scene/sea=1"})) {
    EXPECT_EQ(row["labels"], json({"desert", "mountains", "sunset", "trees"}));
  }
}

TEST_F(Threshold, IsThatOfAnEvaluationToo) {
  const json labels = json::parse(
      test::polytask({"evaluate", "run", "scenes.h5", "--json", "--threshold",
                      "sea=1", "--threshold", "trees=.25"})
          .out)["tasks"]["scene"]["labels"];
  EXPECT_EQ(labels["sea"]["threshold"]["value"], 1.0);
  EXPECT_EQ(labels["sea"]["true_positive"]["value"], 0);
  EXPECT_EQ(labels["sea"]["false_positive"]["value"], 0);
  EXPECT_EQ(labels["trees"]["threshold"]["value"], 0.25);
  EXPECT_EQ(labels["desert"]["threshold"]["value"], 0.5);
}

TEST_F(Threshold, EveryProblemIsSaid) {
  expect_refusal(
      cli::kUsage,
      "polytask: the thresholds cannot be used:\n"
      "  - --threshold se=.3: no label \"se\"; did you mean \"sea\"?\n"
      "  - --threshold sea=2: expected a number of 0 to 1, found \"2\"\n"
      "  - --threshold sea=0,3: expected a number of 0 to 1, found \"0,3\"\n"
      "  - --threshold high: expected a number of 0 to 1, or LABEL=NUMBER, "
      "found \"high\"\n"
      "  - --threshold scene/xyzzy=.1: no label \"scene/xyzzy\"; there are "
      "scene/desert, scene/mountains, scene/sea, scene/sunset, scene/trees\n",
      {"predict", "run", "scenes.h5", "--threshold", "se=.3", "--threshold",
       "sea=2", "--threshold", "sea=0,3", "--threshold", "high", "--threshold",
       "scene/xyzzy=.1"});
}

TEST_F(Threshold, ARecipeGivesThemByLabel) {
  ASSERT_EQ(test::polytask({"train", "recipe.yaml", "run.dir=own",
                            "tasks.scene.thresholds.sea=.25"})
                .code,
            0);
  const Model model = load_model("own/model.safetensors");
  EXPECT_EQ(thresholds_of(model.spec.tasks[0]),
            (std::vector<double>{0.5, 0.5, 0.25, 0.5, 0.5}));
  expect_refusal(cli::kUsage,
                 "polytask: recipe.yaml: tasks.scene.thresholds: no label "
                 "\"see\"; did you "
                 "mean \"sea\"?\n",
                 {"train", "recipe.yaml", "run.dir=no",
                  "tasks.scene.thresholds={see: .25}"});
}

TEST_F(SetCommand, WritesAModelThatAnswersByItsOwnThreshold) {
  const json before = rows("run");
  const std::string sea = cat(median_of(before, "sea"));
  const Answer answer =
      test::polytask({"set", "run", "tasks.scene.thresholds.sea=" + sea,
                      "--out", "sea.safetensors"});
  EXPECT_EQ(answer.code, 0) << answer.err;
  EXPECT_EQ(answer.out, "tasks.scene.thresholds.sea: 0.5 -> " + sea +
                            "\nmodel  sea.safetensors\n");
  const json now = rows("sea.safetensors");
  expect_threshold(now, "sea", std::stod(sea));
  EXPECT_EQ(now, rows("run", {"--threshold", "sea=" + sea}));
  EXPECT_EQ(rows("run"), before);
}

TEST_F(SetCommand, RenamesLabelsAndTasksAndKeepsEveryWeight) {
  const std::string before = test::read_bytes("run/model.safetensors");
  const Answer answer = test::polytask(
      {"set", "run/model.safetensors", "tasks.scene.labels.sea=trees",
       "tasks.scene.labels.trees=open sea", "tasks.scene.thresholds.sea=.125",
       "tasks.scene.name=place", "note.owner=me", "--out", "new.safetensors",
       "--json"});
  ASSERT_EQ(answer.code, 0) << answer.err;
  EXPECT_EQ(json::parse(answer.out)["version"], 2);
  EXPECT_EQ(json::parse(answer.out)["model"], "new.safetensors");
  EXPECT_EQ(json::parse(answer.out)["changes"][1],
            json({{"key", "tasks.scene.labels.trees"},
                  {"from", "trees"},
                  {"to", "open sea"}}));
  const Model old = load_model("run/model.safetensors");
  const Model now = load_model("new.safetensors");
  const Task& task = now.spec.tasks[0];
  EXPECT_EQ(task.name, "place");
  EXPECT_EQ(task.labels,
            (std::vector<std::string>{"desert", "mountains", "trees", "sunset",
                                      "open sea"}));
  EXPECT_EQ(thresholds_of(task),
            (std::vector<double>{0.5, 0.5, 0.125, 0.5, 0.5}));
  EXPECT_EQ(now.target_statistics, old.target_statistics);
  EXPECT_EQ(now.notes.at("owner"), "me");
  EXPECT_EQ(now.notes.at("recipe"), old.notes.at("recipe"));
  EXPECT_TRUE(std::ranges::equal(now.parameters.flat(), old.parameters.flat()));
  EXPECT_EQ(test::read_bytes("run/model.safetensors"), before);
  const json a = rows("run");
  const json b = rows("new.safetensors");
  EXPECT_EQ(a[0]["probabilities"]["sea"], b[0]["probabilities"]["trees"]);
  EXPECT_EQ(a[0]["probabilities"]["trees"], b[0]["probabilities"]["open sea"]);
}

TEST_F(SetCommand, SaysWhatItWasMadeOf) {
  ASSERT_EQ(test::polytask({"set", "run", "tasks.scene.thresholds=.25", "--out",
                            "a.safetensors"})
                .code,
            0);
  ASSERT_EQ(test::polytask({"set", "a.safetensors", "note.owner=me", "--out",
                            "a.safetensors"})
                .code,
            0);
  const json changes =
      json::parse(load_model("a.safetensors").notes.at("changes"));
  ASSERT_EQ(changes.size(), 2u);
  EXPECT_EQ(changes[0]["from_crc32c"].get<std::string>().size(), 8u);
  EXPECT_EQ(changes[0]["keys"], json({{"tasks.scene.thresholds", "0.25"}}));
  EXPECT_EQ(changes[1]["keys"], json({{"note.owner", "me"}}));
  EXPECT_NE(changes[0]["from_crc32c"], changes[1]["from_crc32c"]);
}

TEST_F(SetCommand, EveryProblemIsSaidAndNothingIsWritten) {
  expect_refusal(
      cli::kUsage,
      "polytask: the model cannot be changed so:\n"
      "  - tasks.sceen.name=x: no task \"sceen\"; did you mean \"scene\"?\n"
      "  - tasks.scene.threshold.sea=.3: unknown key \"threshold\"; did you "
      "mean \"thresholds\"?\n"
      "  - tasks.scene.thresholds.se=.3: no label \"se\"; did you mean "
      "\"sea\"?\n"
      "  - tasks.scene.thresholds.sea=two: expected a number of 0 to 1, found "
      "\"two\"\n"
      "  - train.epochs=3: expected tasks.TASK.thresholds.LABEL=NUMBER, "
      "tasks.TASK.thresholds=NUMBER, tasks.TASK.labels.OLD=NEW, "
      "tasks.TASK.name=NEW or note.NAME=TEXT\n"
      "  - tasks.scene.labels: \"sunset\" is there twice\n",
      {"set", "run", "tasks.sceen.name=x", "tasks.scene.threshold.sea=.3",
       "tasks.scene.thresholds.se=.3", "tasks.scene.thresholds.sea=two",
       "train.epochs=3", "tasks.scene.labels.sea=sunset", "--out",
       "new.safetensors"});
}

TEST_F(SetCommand, NeedsAModelAChangeAndAFile) {
  expect_refusal(cli::kUsage,
                 "polytask: set: expected a model and what to change, e.g. "
                 "polytask set runs/blog tasks.scene.thresholds.sea=.3 --out "
                 "sea.safetensors\n",
                 {"set", "run", "--out", "new.safetensors"});
  expect_refusal(cli::kUsage,
                 "polytask: set: --out: expected the name of a file, found the "
                 "folder run; say run/model.safetensors\n",
                 {"set", "run", "note.a=b", "--out", "run"});
  expect_refusal(cli::kUsage,
                 "polytask: set: --out is required; polytask set --help lists "
                 "what there is\n",
                 {"set", "run", "note.a=b"});
}

TEST_F(SetCommand, ADamagedModelIsRefused) {
  std::string bytes = test::read_bytes("run/model.safetensors");
  bytes.back() = static_cast<char>(bytes.back() ^ 1);
  test::write_bytes("bad.safetensors", bytes);
  const Answer answer = test::polytask(
      {"set", "bad.safetensors", "note.a=b", "--out", "new.safetensors"});
  EXPECT_EQ(answer.code, cli::kBadData);
  EXPECT_FALSE(std::filesystem::exists("new.safetensors"));
}

}  // namespace
}  // namespace polytask
