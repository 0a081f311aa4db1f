// Adding a head to a trained model from the command line.

#include "polytask/checkpoint/safetensors.h"
#include "polytask/data/columns.h"
#include "tests/cli/command_line.h"

namespace polytask {
namespace {

using test::json_in;
using test::polytask;
using test::read_bytes;
using test::write_bytes;

constexpr const char* kHead =
    "data: {path: wet.h5, split: {test_size: 0.25, random_state: 4}}\n"
    "tasks: {wet: {labels: [sea]}}\n"
    "network: {from: run, freeze_trunk: true}\n"
    "train: {epochs: 3, batch_size: 12, threads: 2}\n"
    "run: {dir: head}\n";

// A trained run, and wet.h5, which answers the new question alone.
class NewHead : public test::TrainedRun {
 protected:
  NewHead() {
    const std::vector<ColumnUse> wet{{.task = "wet",
                                      .kind = ColumnKind::label,
                                      .members = {"sea"},
                                      .classes = {}}};
    write_hdf5(
        *select_columns(test::small_scenes(48, 7), wet, ColumnNames::full),
        "wet.h5");
    write_bytes("head.yaml", kHead);
  }
};

test::Answer expect_ok(const std::vector<std::string>& arguments) {
  const test::Answer answer = polytask(arguments);
  EXPECT_EQ(answer.code, cli::kOk) << answer.err;
  return answer;
}

// Every number of every tensor, and the texts of these names.
void expect_same_model(const std::string& a, const std::string& b) {
  const SafetensorsFile one(a);
  const SafetensorsFile other(b);
  ASSERT_EQ(one.tensors().size(), other.tensors().size());
  for (const TensorView& tensor : one.tensors()) {
    const TensorView* same = other.find(tensor.name);
    ASSERT_NE(same, nullptr) << tensor.name;
    EXPECT_TRUE(std::ranges::equal(tensor.values, same->values)) << tensor.name;
  }
  for (const char* key :
       {"polytask.model", "polytask.prior", "polytask.note.start"}) {
    EXPECT_EQ(one.metadata().at(key), other.metadata().at(key)) << key;
  }
}

TEST_F(NewHead, TheNewModelAnswersOldAndNewQuestions) {
  const test::Answer trained = expect_ok({"train", "head.yaml"});
  EXPECT_NE(trained.err.find("Train on 36 samples, validate on 12 samples\n"
                             "9 parameters learn, "),
            std::string::npos)
      << trained.err;
  EXPECT_NE(trained.out.find("\ntask wet (multilabel)\n"), std::string::npos);
  const std::string csv =
      expect_ok({"predict", "head", "wet.h5", "--format", "csv"}).out;
  EXPECT_EQ(csv.substr(0, csv.find('\n')),
            "image,labels,scene/desert,scene/mountains,scene/sea,scene/sunset,"
            "scene/trees,wet/sea");
  const std::string before =
      expect_ok({"predict", "run", "wet.h5", "--format", "csv"}).out;
  std::istringstream new_lines(csv);
  std::istringstream old_lines(before);
  std::string now;
  std::string then;
  std::getline(new_lines, now);
  std::getline(old_lines, then);
  for (int i = 0; i < 48; ++i) {
    std::getline(new_lines, now);
    std::getline(old_lines, then);
    const auto numbers = [](const std::string& line) {
      return line.substr(line.find(',', line.find(',') + 1));
    };
    EXPECT_EQ(numbers(now).substr(0, numbers(then).size()), numbers(then));
  }
}

TEST_F(NewHead, ItSaysWhereItComesFrom) {
  expect_ok({"train", "head.yaml"});
  const auto model = std::filesystem::absolute("run/model.safetensors");
  EXPECT_EQ(json_in("head/run.json")["from"],
            std::filesystem::absolute("run").string());
  const auto inspected =
      nlohmann::json::parse(expect_ok({"inspect", "head", "--json"}).out);
  const auto start =
      nlohmann::json::parse(inspected["notes"]["start"].get<std::string>());
  EXPECT_EQ(start["model"], "model.safetensors");
  EXPECT_EQ(start["crc32c"], read_bytes(model).substr(53, 8));
  EXPECT_EQ(start["trunk_frozen"], true);
  EXPECT_NE(read_bytes("head/recipe.yaml")
                .find("from: " + std::filesystem::absolute("run").string()),
            std::string::npos);
}

TEST_F(NewHead, EvaluateJudgesWhatTheDataAnswers) {
  expect_ok({"train", "head.yaml"});
  std::filesystem::remove_all("run");  // The new model needs it no more.
  for (const std::vector<std::string>& command :
       {std::vector<std::string>{"evaluate", "head", "wet.h5", "--json"},
        std::vector<std::string>{"evaluate", "head", "--json"}}) {
    const test::Answer answer = expect_ok(command);
    EXPECT_EQ(answer.err, "not judged, there are no columns for them: scene\n");
    const auto json = nlohmann::json::parse(answer.out);
    EXPECT_EQ(json["tasks"].size(), 1u);
    EXPECT_TRUE(json["tasks"].contains("wet"));
  }
  // There is a column "sea", which both take for theirs.
  const test::Answer both =
      expect_ok({"evaluate", "head", "scenes.h5", "--json"});
  EXPECT_EQ(both.err, "");
  EXPECT_EQ(nlohmann::json::parse(both.out)["tasks"].size(), 2u);
}

// The data of the new head's training answers the old questions as well.
TEST_F(NewHead, EvaluateJudgesTheOldTasksOfARunToo) {
  std::vector<ColumnUse> uses{
      {.task = "scene",
       .kind = ColumnKind::label,
       .members = {"desert", "mountains", "sea", "sunset", "trees"},
       .classes = {}},
      {.task = "wet",
       .kind = ColumnKind::label,
       .members = {"sea"},
       .classes = {}}};
  write_hdf5(
      *select_columns(test::small_scenes(48, 7), uses, ColumnNames::full),
      "both.h5");
  expect_ok({"train", "head.yaml", "data.path=both.h5"});
  const test::Answer answer = expect_ok({"evaluate", "head", "--json"});
  EXPECT_EQ(answer.err, "");
  const auto json = nlohmann::json::parse(answer.out);
  EXPECT_EQ(json["tasks"].size(), 2u);
  const auto written =
      nlohmann::json::parse(read_bytes("head/evaluation.json"));
  EXPECT_EQ(json["tasks"]["wet"]["labels"], written["tasks"]["wet"]["labels"]);
  EXPECT_EQ(json["tasks"]["scene"]["labels"].size(), 5u);
}

TEST_F(NewHead, AResumedRunNeedsTheOldModelNoMoreAndEndsWithTheSameBits) {
  expect_ok({"train", "head.yaml", "run.dir=straight"});
  expect_ok({"train", "head.yaml", "train.epochs=1"});
  std::filesystem::rename("run", "elsewhere");
  expect_ok({"train", "--resume", "head", "train.epochs=3"});
  expect_same_model("head/model.safetensors", "straight/model.safetensors");
  expect_same_model("head/checkpoints/epoch-0003.safetensors",
                    "straight/checkpoints/epoch-0003.safetensors");
}

TEST_F(NewHead, AFineTunedRunResumesWithoutTheOldModelToo) {
  write_bytes("tune.yaml",
              "data: {path: scenes.h5}\n"
              "tasks: {scene: {}}\n"
              "network: {from: run}\n"
              "train: {epochs: 3, batch_size: 12, threads: 2}\n");
  expect_ok({"train", "tune.yaml", "run.dir=straight"});
  expect_ok({"train", "tune.yaml", "run.dir=tuned", "train.epochs=1"});
  std::filesystem::rename("run", "elsewhere");
  expect_ok({"train", "--resume", "tuned", "train.epochs=3"});
  expect_same_model("tuned/model.safetensors", "straight/model.safetensors");
  // It began with the old weights and moved on from them.
  const SafetensorsFile old("elsewhere/model.safetensors");
  const SafetensorsFile tuned("tuned/model.safetensors");
  float largest = 0.0f;
  for (const TensorView& tensor : old.tensors()) {
    const TensorView* now = tuned.find(tensor.name);
    for (std::size_t i = 0; i < tensor.values.size(); ++i) {
      largest = std::max(largest, std::abs(now->values[i] - tensor.values[i]));
    }
  }
  EXPECT_GT(largest, 0.0f);
  EXPECT_LT(largest, 0.05f);  // Adam: a thousandth a step at most, 12 steps
}

TEST_F(NewHead, ARunWithoutACheckpointNeedsTheOldModel) {
  expect_ok({"train", "head.yaml", "train.epochs=1"});
  std::filesystem::remove_all("head/checkpoints");
  const auto before = std::filesystem::absolute("run");
  std::filesystem::remove_all("run");
  const test::Answer answer = polytask({"train", "--resume", "head"});
  EXPECT_EQ(answer.code, cli::kIo);
  EXPECT_EQ(answer.err,
            "polytask: network.from: " + before.string() + ": no such file\n");
}

TEST_F(NewHead, AnotherModelOnResumeIsRefused) {
  expect_ok({"train", "head.yaml", "train.epochs=1"});
  expect_refusal(cli::kUsage,
                 "polytask: train: a run that is resumed goes on with the "
                 "model it began with, not with other; remove "
                 "network.from\n",
                 {"train", "--resume", "head", "network.from=other"});
}

TEST_F(NewHead, VerbsThatTrainFromNothingRefuseIt) {
  for (const std::string verb : {"compare", "bench"}) {
    expect_refusal(cli::kUsage,
                   "polytask: " + verb + ": head.yaml: network.from: " + verb +
                       " trains networks from nothing; remove "
                       "network.from and write network.trunk\n",
                   {verb, "head.yaml"});
  }
  expect_refusal(
      cli::kUsage,
      "polytask: study: head.yaml: network.from: study trains networks from "
      "nothing; remove network.from and write network.trunk\n",
      {"study", "missing", "head.yaml"});
  expect_refusal(cli::kUsage,
                 "polytask: inspect: --input: the model of network.from says "
                 "the size of its images; remove --input\n",
                 {"inspect", "head.yaml", "--plan", "--input", "16x16x3"});
}

TEST_F(NewHead, ThePlanBehindAFrozenTrunkRunsForwardAlone) {
  const test::Answer answer =
      expect_ok({"inspect", "head.yaml", "--plan", "--json"});
  EXPECT_EQ(answer.err,
            "the trunk is frozen: it runs once, forward, before the heads "
            "train on what it gives\n");
  const auto json = nlohmann::json::parse(answer.out);
  EXPECT_EQ(json["memory"]["moment_bytes"], 0);
  for (const auto& layer : json["layers"]) EXPECT_EQ(layer["kept_bytes"], 0);
}

TEST_F(NewHead, KeysOnTheCommandLineDoAsMuch) {
  write_bytes("bare.yaml",
              "data: {path: wet.h5}\n"
              "train: {epochs: 1, batch_size: 12}\n");
  expect_ok({"train", "bare.yaml", "network.from=run",
             "network.freeze_trunk=true", "tasks.wet.labels=[sea]",
             "run.dir=head"});
  EXPECT_TRUE(std::filesystem::exists("head/model.safetensors"));
}

}  // namespace
}  // namespace polytask
