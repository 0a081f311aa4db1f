#include <gtest/gtest.h>

#include "polytask/checkpoint/model_file.h"
#include "polytask/checkpoint/run_lock.h"
#include "polytask/checkpoint/safetensors.h"
#include "polytask/recipe/recipe.h"
#include "tests/cli/command_line.h"

namespace polytask {
namespace {

using nlohmann::json;
using test::Answer;
using test::CommandLine;
using test::TrainedRun;

class TrainCommand : public CommandLine {};
class TrainCommandAgain : public TrainedRun {};

std::vector<std::string> names_in(const std::filesystem::path& folder) {
  std::vector<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    names.push_back(entry.path().filename().string());
  }
  std::ranges::sort(names);
  return names;
}

std::vector<json> lines_of(const std::string& path) {
  std::istringstream in(test::read_bytes(path));
  std::vector<json> lines;
  for (std::string line; std::getline(in, line);) {
    lines.push_back(json::parse(line));
  }
  return lines;
}

bool same_weights(const std::string& a, const std::string& b) {
  const Model x = load_model(a);
  const Model y = load_model(b);
  return std::ranges::equal(x.parameters.flat(), y.parameters.flat());
}

TEST_F(TrainCommandAgain, LeavesTheWholeRunFolder) {
  EXPECT_EQ(names_in("run"),
            (std::vector<std::string>{"checkpoints", "evaluation.json",
                                      "log.jsonl", "metrics.csv",
                                      "model.safetensors", "predictions.csv",
                                      "recipe.yaml", "run.json", "run.lock"}));
}

TEST_F(TrainCommandAgain, LogHasAnObjectAnEpoch) {
  const std::vector<json> lines = lines_of("run/log.jsonl");
  ASSERT_EQ(lines.size(), 2u);
  for (std::size_t i = 0; i < 2; ++i) {
    EXPECT_EQ(lines[i]["epoch"], i + 1);
    EXPECT_TRUE(lines[i]["seconds"].is_number());
    for (const char* part : {"train", "validation"}) {
      for (const char* name : {"loss", "argmax_accuracy", "label_accuracy"}) {
        EXPECT_TRUE(lines[i][part][name].is_number()) << part << name;
      }
    }
  }
}

TEST_F(TrainCommandAgain, MetricsAreATable) {
  EXPECT_TRUE(
      test::read_bytes("run/metrics.csv")
          .starts_with("epoch,seconds,train/loss,train/argmax_accuracy,train/"
                       "label_accuracy,validation/loss,validation/argmax_"
                       "accuracy,validation/label_accuracy\n1,"));
}

TEST_F(TrainCommandAgain, PredictionsAreThoseOfTheValidationPart) {
  std::istringstream in(test::read_bytes("run/predictions.csv"));
  std::string line;
  std::getline(in, line);
  EXPECT_EQ(line,
            "image,labels,desert,mountains,sea,sunset,trees,truth/desert,truth/"
            "mountains,truth/sea,truth/sunset,truth/trees");
  int rows = 0;
  while (std::getline(in, line)) {
    EXPECT_TRUE(line.starts_with("scenes.h5[")) << line;
    ++rows;
  }
  EXPECT_EQ(rows, 12);
}

TEST_F(TrainCommandAgain, EvaluationIsThatOfTheCommandEvaluate) {
  EXPECT_EQ(json::parse(test::polytask({"evaluate", "run", "--json"}).out),
            test::json_in("run/evaluation.json"));
}

TEST_F(TrainCommandAgain, RunSaysWhatRanWhere) {
  const json run = test::json_in("run/run.json");
  EXPECT_EQ(run["command"], json({"polytask", "train", "recipe.yaml"}));
  for (const char* key : {"polytask", "started", "processor", "threads", "seed",
                          "data", "vector_extensions"}) {
    EXPECT_TRUE(run.contains(key)) << key;
  }
}

TEST_F(TrainCommandAgain, TheModelCarriesRecipeProvenanceAndTargetStatistics) {
  const Model model = load_model("run/model.safetensors");
  EXPECT_NE(model.notes.at("recipe").find("random_state: 4"),
            std::string::npos);
  const json provenance = json::parse(model.notes.at("provenance"));
  EXPECT_EQ(provenance["data"], "scenes.h5");
  EXPECT_FALSE(provenance.contains("command"));
  ASSERT_EQ(model.target_statistics.size(), 1u);
  EXPECT_EQ(model.target_statistics[0].shares.size(), 5u);
  EXPECT_EQ(model.target_statistics[0].first_label.size(), 5u);
  EXPECT_EQ(model.target_statistics[0].label_set.size(), 5u);
}

// A model tells others no names of the folders it was made in.
TEST_F(TrainCommand, WhatLeavesARunHasNamesAndNoPaths) {
  const std::string here = std::filesystem::current_path().string();
  EXPECT_EQ(test::polytask({"train", here + "/recipe.yaml",
                            "data.path=" + here + "/scenes.h5",
                            "run.dir=" + here + "/run"})
                .code,
            0);
  for (const std::string name : {"model.safetensors", "evaluation.json",
                                 "predictions.csv", "log.jsonl"}) {
    EXPECT_EQ(test::read_bytes("run/" + name).find(here), std::string::npos)
        << name;
  }
  EXPECT_NE(test::read_bytes("run/run.json").find(here), std::string::npos);
}

TEST_F(TrainCommandAgain, TheSavedRecipeIsWholeAndTrainsTheSame) {
  const Recipe saved = load_recipe("run/recipe.yaml", {});
  EXPECT_TRUE(saved.data.path.is_absolute());
  EXPECT_EQ(test::polytask({"train", "run/recipe.yaml", "run.dir=other"}).code,
            0);
  EXPECT_TRUE(same_weights("run/model.safetensors", "other/model.safetensors"));
}

TEST_F(TrainCommand, PrintsTheEvaluationOnStdoutAndProgressOnStderr) {
  const Answer answer = test::polytask({"train", "recipe.yaml"});
  EXPECT_EQ(answer.code, 0);
  EXPECT_TRUE(answer.out.starts_with("\nThe best model (epoch "));
  EXPECT_TRUE(
      answer.out.ends_with("\nmodel        run/model.safetensors\n"
                           "everything   run/\n"))
      << answer.out;
  EXPECT_NE(answer.err.find("Train on 36 samples, validate on 12 samples\n"
                            "Epoch 1/2 - "),
            std::string::npos)
      << answer.err;
}

TEST_F(TrainCommand, JsonIsOneDocument) {
  const Answer answer = test::polytask({"train", "recipe.yaml", "--json"});
  EXPECT_EQ(answer.code, 0);
  const json document = json::parse(answer.out);
  EXPECT_EQ(document["outcome"], "finished");
  EXPECT_EQ(document["message"], "");
  EXPECT_EQ(document["epochs"], 2);
  EXPECT_EQ(document["run"], "run");
  EXPECT_EQ(document["model"], "run/model.safetensors");
  EXPECT_EQ(document["evaluation"], test::json_in("run/evaluation.json"));
}

TEST_F(TrainCommand, OverridesWinOverTheRecipe) {
  const Answer answer = test::polytask(
      {"train", "recipe.yaml", "train.epochs=1", "train.batch_size=9",
       "run.dir=a/b", "data.split.random_state=100"});
  EXPECT_EQ(answer.code, 0) << answer.err;
  const Recipe saved = load_recipe("a/b/recipe.yaml", {});
  EXPECT_EQ(saved.train.epochs, 1);
  EXPECT_EQ(saved.train.batch_size, 9);
  EXPECT_EQ(saved.data.split.random_state, 100u);
}

TEST_F(TrainCommand, WithoutAValidationPartTheLastModelIsKept) {
  const Answer answer =
      test::polytask({"train", "recipe.yaml", "data.split.test_size=0"});
  EXPECT_EQ(answer.code, 0) << answer.err;
  EXPECT_EQ(answer.out,
            "\nmodel        run/model.safetensors\neverything   run/\n");
  EXPECT_FALSE(std::filesystem::exists("run/evaluation.json"));
}

TEST_F(TrainCommand, ARecipeWithoutTasksTakesTheLabelsOfTheData) {
  const Answer answer = test::polytask({"train", "recipe.yaml", "tasks=null"});
  EXPECT_EQ(answer.code, 0) << answer.err;
  EXPECT_EQ(load_model("run/model.safetensors").spec.tasks[0].labels,
            (std::vector<std::string>{"desert", "mountains", "sea", "sunset",
                                      "trees"}));
}

TEST_F(TrainCommandAgain, ResumeWithMoreEpochsEqualsOneLongRun) {
  EXPECT_EQ(test::polytask({"train", "--resume", "run", "train.epochs=5",
                            "train.threads=1"})
                .code,
            0);
  EXPECT_EQ(test::polytask(
                {"train", "recipe.yaml", "train.epochs=5", "run.dir=whole"})
                .code,
            0);
  EXPECT_TRUE(same_weights("run/model.safetensors", "whole/model.safetensors"));
  EXPECT_TRUE(same_weights("run/checkpoints/epoch-0005.safetensors",
                           "whole/checkpoints/epoch-0005.safetensors"));
  std::vector<json> resumed = lines_of("run/log.jsonl");
  std::vector<json> whole = lines_of("whole/log.jsonl");
  for (auto* lines : {&resumed, &whole}) {
    for (json& line : *lines) line.erase("seconds");
  }
  EXPECT_EQ(resumed, whole);
  EXPECT_EQ(test::read_bytes("run/predictions.csv"),
            test::read_bytes("whole/predictions.csv"));
}

// The run keeps the numbers that the word came to.
TEST_F(TrainCommand, BalancedWeightsAreResumedBitForBit) {
  const std::string word = "tasks.scene.loss.positive_weights=balanced";
  for (const char* run : {"run.dir=part", "run.dir=whole"}) {
    const std::string epochs = run == std::string("run.dir=part") ? "1" : "3";
    EXPECT_EQ(test::polytask(
                  {"train", "recipe.yaml", word, run, "train.epochs=" + epochs})
                  .code,
              0);
  }
  const Answer rest =
      test::polytask({"train", "--resume", "part", "train.epochs=3"});
  EXPECT_EQ(rest.code, 0) << rest.err;
  EXPECT_TRUE(same_weights("part/checkpoints/epoch-0003.safetensors",
                           "whole/checkpoints/epoch-0003.safetensors"));
  const Recipe saved = load_recipe("part/recipe.yaml", {});
  EXPECT_EQ(saved.tasks[0].loss.positive_weights.size(), 5u);
  EXPECT_EQ(load_model("part/model.safetensors").spec.tasks, saved.tasks);
}

TEST_F(TrainCommandAgain, ResumeWorksFromAnotherFolder) {
  std::filesystem::create_directory("elsewhere");
  std::filesystem::current_path("elsewhere");
  const Answer answer =
      test::polytask({"train", "--resume", "../run", "train.epochs=3"});
  EXPECT_EQ(answer.code, 0) << answer.err;
  EXPECT_EQ(lines_of("../run/log.jsonl").size(), 3u);
  EXPECT_EQ(test::polytask({"evaluate", "../run"}).code, 0);
}

TEST_F(TrainCommandAgain, ResumeWorksWhenTheRunHasBeenMoved) {
  std::filesystem::rename("run", "moved");
  EXPECT_EQ(
      test::polytask({"train", "--resume", "moved", "train.epochs=3"}).code, 0);
  EXPECT_EQ(lines_of("moved/log.jsonl").size(), 3u);
  EXPECT_FALSE(std::filesystem::exists("run"));
}

TEST_F(TrainCommandAgain, ARunIsNeverOverwritten) {
  const std::string before = test::read_bytes("run/model.safetensors");
  const std::string log = test::read_bytes("run/log.jsonl");
  expect_refusal(
      cli::kUsage,
      "polytask: run: a run is there already; go on with it (polytask train "
      "--resume run), or choose another run.dir\n",
      {"train", "recipe.yaml", "train.seed=2"});
  EXPECT_EQ(test::read_bytes("run/model.safetensors"), before);
  EXPECT_EQ(test::read_bytes("run/log.jsonl"), log);
}

TEST_F(TrainCommandAgain, ASecondTrainerInTheFolderIsRefused) {
  const RunLock first{Folder("run")};
  const std::string log = test::read_bytes("run/log.jsonl");
  const Answer answer =
      test::polytask({"train", "--resume", "run", "train.epochs=3"});
  EXPECT_EQ(answer.code, cli::kUsage);
  EXPECT_TRUE(
      answer.err.starts_with("polytask: run: another trainer (process "))
      << answer.err;
  EXPECT_EQ(test::read_bytes("run/log.jsonl"), log);
}

TEST_F(TrainCommandAgain, ResumeWithOtherSettingsIsRefused) {
  expect_refusal(
      cli::kUsage,
      "polytask: run/checkpoints/epoch-0002.safetensors: cannot go on with "
      "other settings or other data (only train.threads and train.patience "
      "may change, and train.epochs where train.adam.schedule is constant):\n"
      "  - train.batch_size: 12 in the checkpoint, 6 in this run\n",
      {"train", "--resume", "run", "train.batch_size=6"});
  EXPECT_NE(test::read_bytes("run/recipe.yaml").find("batch_size: 12"),
            std::string::npos);
}

// Nothing is learned, so no epoch is better than the first.
TEST_F(TrainCommandAgain, SaysThatItEndedOutOfPatience) {
  const auto result =
      test::polytask({"train", "recipe.yaml", "train.adam.learning_rate=1e-30",
                      "train.epochs=9", "train.patience=2", "run.dir=patient"});
  EXPECT_EQ(result.code, 0);
  EXPECT_NE(result.out.find("The training ended after epoch 3 of 9: 2 epochs "
                            "were not better than epoch 1 (train.patience).\n"),
            std::string::npos)
      << result.out;
  EXPECT_EQ(lines_of("patient/log.jsonl").size(), 3u);
}

TEST_F(TrainCommandAgain, ResumeStaysInItsFolder) {
  expect_refusal(cli::kUsage,
                 "polytask: train: a run that is resumed stays in its folder, "
                 "run; remove run.dir=other\n",
                 {"train", "--resume", "run", "run.dir=other"});
}

TEST_F(TrainCommand, ResumeOfNothing) {
  expect_refusal(cli::kIo,
                 "polytask: run/recipe.yaml: expected a file, found nothing; "
                 "there is no folder run either\n",
                 {"train", "--resume", "run"});
}

TEST_F(TrainCommandAgain, ResumeSaysWhichCheckpointIsDamaged) {
  std::filesystem::resize_file("run/checkpoints/epoch-0002.safetensors", 1000);
  const Answer answer =
      test::polytask({"train", "--resume", "run", "train.epochs=3"});
  EXPECT_EQ(answer.code, 0);
  EXPECT_NE(answer.err.find("warning: run/checkpoints/epoch-0002.safetensors: "
                            "the file is damaged or truncated: "),
            std::string::npos)
      << answer.err;
  EXPECT_NE(answer.err.find("; going on from epoch-0001\n"), std::string::npos)
      << answer.err;
}

}  // namespace
}  // namespace polytask
