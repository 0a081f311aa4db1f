#include <gtest/gtest.h>

#include "polytask/base/text.h"
#include "polytask/data/hdf5/hdf5_handle.h"
#include "polytask/data/image/png_writer.h"
#include "tests/cli/command_line.h"

namespace polytask {
namespace {

using nlohmann::json;
using test::Answer;

class PredictCommand : public test::TrainedRun {};
class EvaluateCommand : public test::TrainedRun {};
class InspectCommand : public test::TrainedRun {};
class DrawCommand : public test::CommandLine {};

std::size_t lines_in(const std::string& text) {
  return static_cast<std::size_t>(std::ranges::count(text, '\n'));
}

TEST_F(PredictCommand, AnswersALineAnImage) {
  const Answer answer = test::polytask({"predict", "run", "scenes.h5"});
  EXPECT_EQ(answer.code, 0);
  EXPECT_EQ(answer.err, "");
  EXPECT_EQ(lines_in(answer.out), 48u);
  EXPECT_TRUE(answer.out.starts_with("scenes.h5[0]: ")) << answer.out;
  EXPECT_EQ(
      test::polytask({"predict", "run", "scenes.h5", "--format", "lines"}).out,
      answer.out);
}

TEST_F(PredictCommand, NamesAreListsAsInThePost) {
  const Answer answer =
      test::polytask({"predict", "run", "scenes.h5", "--format", "names"});
  EXPECT_EQ(answer.code, 0);
  const json names = json::parse(answer.out);
  ASSERT_EQ(names.size(), 48u);
  EXPECT_EQ(lines_in(answer.out), 48u);
  for (const json& image : names) EXPECT_TRUE(image.is_array());
}

TEST_F(PredictCommand, TheFourFormatsSayTheSame) {
  const auto in_format = [](const char* format) {
    return test::polytask({"predict", "run", "scenes.h5", "--format", format})
        .out;
  };
  const json names = json::parse(in_format("names"));
  const json document = json::parse(in_format("json"));
  EXPECT_EQ(document["version"], 2);
  EXPECT_EQ(document["tasks"]["scene"]["kind"], "multilabel");
  const json& predictions = document["predictions"];
  std::istringstream csv(in_format("csv"));
  std::istringstream lines(in_format("lines"));
  std::string line;
  std::getline(csv, line);
  EXPECT_EQ(line, "image,labels,desert,mountains,sea,sunset,trees");
  ASSERT_EQ(predictions.size(), 48u);
  for (std::size_t i = 0; i < 48; ++i) {
    const std::string name = cat("scenes.h5[", i, "]");
    EXPECT_EQ(predictions[i]["labels"], names[i]);
    EXPECT_EQ(predictions[i]["image"], name);
    EXPECT_EQ(predictions[i]["probabilities"].size(), 5u);
    const std::vector<std::string> labels = names[i];
    ASSERT_TRUE(std::getline(csv, line));
    EXPECT_TRUE(line.starts_with(cat(name, ",", join(labels, "|"), ",")))
        << line;
    ASSERT_TRUE(std::getline(lines, line));
    EXPECT_EQ(line, cat(name, ": ", labels.empty() ? "(none)" : join(labels)));
  }
}

TEST_F(PredictCommand, JsonIsAFormatToo) {
  EXPECT_EQ(
      test::polytask({"predict", "run", "scenes.h5", "--format", "json"}).out,
      test::polytask({"predict", "run", "scenes.h5", "--json"}).out);
}

TEST_F(PredictCommand, ARunFolderAndItsModelAnswerAlike) {
  EXPECT_EQ(test::polytask({"predict", "run", "scenes.h5", "--json"}).out,
            test::polytask(
                {"predict", "run/model.safetensors", "scenes.h5", "--json"})
                .out);
}

TEST_F(PredictCommand, ThreadsChangeNothing) {
  EXPECT_EQ(test::polytask(
                {"predict", "run", "scenes.h5", "--json", "--threads", "1"})
                .out,
            test::polytask(
                {"predict", "run", "scenes.h5", "--json", "--threads", "3"})
                .out);
}

TEST_F(PredictCommand, AnImageFileIsAnsweredAsTheSamePixelsInHdf5) {
  const DatasetPtr scenes = test::small_scenes(1);
  std::vector<std::byte> pixels(16 * 16 * 3);
  scenes->read_image(0, pixels);
  std::vector<std::uint8_t> rgb(pixels.size());
  std::memcpy(rgb.data(), pixels.data(), rgb.size());
  write_png("scene.png", 16, 16, rgb);
  write_hdf5(*scenes, "one.h5");
  const json a = json::parse(
      test::polytask({"predict", "run", "scene.png", "--json"}).out);
  const json b =
      json::parse(test::polytask({"predict", "run", "one.h5", "--json"}).out);
  EXPECT_EQ(a["predictions"][0]["image"], "scene.png");
  EXPECT_EQ(a["predictions"][0]["probabilities"],
            b["predictions"][0]["probabilities"]);
}

TEST_F(PredictCommand, InputsAreAnsweredInTheOrderOfTheCommandLine) {
  write_hdf5(*test::small_scenes(1), "one.h5");
  write_png("blue.png", 1, 1, std::vector<std::uint8_t>{0, 0, 200});
  const json found =
      json::parse(test::polytask({"predict", "run", "one.h5", "blue.png",
                                  "one.h5", "--json"})
                      .out)["predictions"];
  ASSERT_EQ(found.size(), 3u);
  EXPECT_EQ(found[0]["image"], "one.h5[0]");
  EXPECT_EQ(found[1]["image"], "blue.png");
  EXPECT_EQ(found[2], found[0]);
}

TEST_F(PredictCommand, PredictsWhatTheRunPredicted) {
  std::istringstream run(test::read_bytes("run/predictions.csv"));
  const std::string all =
      test::polytask({"predict", "run", "scenes.h5", "--format", "csv"}).out;
  int lines = 0;
  for (std::string line; std::getline(run, line); ++lines) {
    // Five columns of truth are behind.
    for (int i = 0; i < 5; ++i) line.erase(line.rfind(','));
    EXPECT_NE(all.find(line + "\n"), std::string::npos) << line;
  }
  EXPECT_EQ(lines, 13);
}

TEST_F(EvaluateCommand, PrintsATable) {
  const Answer answer = test::polytask({"evaluate", "run", "scenes.h5"});
  EXPECT_EQ(answer.code, 0);
  EXPECT_EQ(answer.err, "");
  for (const char* word :
       {"evaluated on 48 images", "loss", "argmax_accuracy", "label_accuracy",
        "subset_accuracy", "precision", "recall", "f1", "support", "baseline",
        "answer yes", "mountains"}) {
    EXPECT_NE(answer.out.find(word), std::string::npos) << word;
  }
}

TEST_F(EvaluateCommand, JsonHasTheDocumentedKeys) {
  const Answer answer =
      test::polytask({"evaluate", "run", "scenes.h5", "--json"});
  EXPECT_EQ(answer.code, 0);
  const json document = json::parse(answer.out);
  EXPECT_TRUE(document["loss"]["value"].is_number());
  const json& task = document["tasks"]["scene"];
  EXPECT_EQ(task["kind"], "multilabel");
  for (const char* name :
       {"argmax_accuracy", "label_accuracy", "subset_accuracy", "hamming_loss",
        "macro_f1", "micro_average_precision",
        "label_ranking_average_precision"}) {
    EXPECT_TRUE(task["metrics"][name].contains("value")) << name;
    EXPECT_TRUE(task["metrics"][name].contains("baseline")) << name;
  }
  EXPECT_EQ(task["labels"].size(), 5u);
  for (const char* name : {"precision", "recall", "f1", "support",
                           "true_positive", "false_negative"}) {
    EXPECT_TRUE(task["labels"]["sea"].contains(name)) << name;
  }
}

TEST_F(EvaluateCommand, ARunAloneIsEvaluatedOnItsValidationPart) {
  const Answer answer = test::polytask({"evaluate", "run"});
  EXPECT_EQ(answer.code, 0) << answer.err;
  EXPECT_TRUE(answer.out.starts_with(
      "evaluated on the 12 images of the validation part. The epoch was chosen "
      "on\nthem: expect less of other images\n"))
      << answer.out;
  const json images =
      json::parse(test::polytask({"evaluate", "run", "--json"}).out)["images"];
  EXPECT_EQ(images,
            json({{"part", "validation"}, {"chose_epoch", true}, {"n", 12}}));
  EXPECT_EQ(json::parse(test::read_bytes("run/evaluation.json"))["images"],
            images);
}

TEST_F(EvaluateCommand, OfImagesThatAreNamedNobodyKnowsWhetherTheyChose) {
  const json images = json::parse(
      test::polytask({"evaluate", "run", "scenes.h5", "--json"}).out)["images"];
  EXPECT_EQ(images,
            json({{"part", "given"}, {"chose_epoch", nullptr}, {"n", 48}}));
}

// With three parts everything that a run says of itself is of test images.
TEST_F(EvaluateCommand, ARunWithATestPartIsEvaluatedOnIt) {
  const Answer trained =
      test::polytask({"train", "recipe.yaml", "run.dir=three",
                      "data.split.validation_size=0.25"});
  ASSERT_EQ(trained.code, 0) << trained.err;
  const std::string of_test =
      "evaluated on the 12 images of the test part: none was trained on, no "
      "epoch\nchosen by them\n";
  EXPECT_NE(trained.out.find(of_test), std::string::npos) << trained.out;
  const Answer answer = test::polytask({"evaluate", "three", "--json"});
  EXPECT_EQ(answer.code, 0) << answer.err;
  EXPECT_EQ(answer.out, test::read_bytes("three/evaluation.json"));
  EXPECT_EQ(json::parse(answer.out)["images"],
            json({{"part", "test"}, {"chose_epoch", false}, {"n", 12}}));
  // The images that would be the validation part of two.
  const auto images_in = [](const std::string& file) {
    std::istringstream lines(test::read_bytes(file));
    std::vector<std::string> images;
    for (std::string line; std::getline(lines, line);) {
      images.push_back(line.substr(0, line.find(',')));
    }
    return images;
  };
  EXPECT_EQ(images_in("three/predictions.csv"),
            images_in("run/predictions.csv"));
}

TEST_F(EvaluateCommand, ATestFileIsWhatARunIsEvaluatedOn) {
  ASSERT_EQ(test::polytask(
                {"train", "recipe.yaml", "run.dir=file", "data.test=scenes.h5"})
                .code,
            0);
  EXPECT_EQ(json::parse(test::read_bytes("file/evaluation.json"))["images"],
            json({{"part", "test"}, {"chose_epoch", false}, {"n", 48}}));
  const json found =
      json::parse(test::polytask({"evaluate", "file", "--json"}).out);
  const json given = json::parse(
      test::polytask({"evaluate", "file", "scenes.h5", "--json"}).out);
  EXPECT_EQ(found["images"]["n"], 48);
  EXPECT_EQ(found["tasks"], given["tasks"]);
}

TEST_F(EvaluateCommand, ARunWithoutAValidationPartWantsData) {
  ASSERT_EQ(test::polytask({"train", "recipe.yaml", "run.dir=all",
                            "data.split.test_size=0"})
                .code,
            0);
  expect_refusal(cli::kUsage,
                 "polytask: evaluate: the run in all kept no images for "
                 "validation or a test; name the data\n",
                 {"evaluate", "all"});
}

TEST_F(InspectCommand, SaysWhatAModelIs) {
  const json found =
      json::parse(test::polytask({"inspect", "run", "--json"}).out);
  EXPECT_EQ(found["kind"], "model");
  EXPECT_EQ(found["tasks"]["scene"]["labels"].size(), 5u);
  EXPECT_EQ(found["network"]["image"], json({16, 16, 3}));
  EXPECT_TRUE(found["notes"].contains("recipe"));
  EXPECT_EQ(test::polytask({"inspect", "run"}).code, 0);
}

TEST_F(InspectCommand, SaysWhatADataSetIs) {
  const json found =
      json::parse(test::polytask({"inspect", "scenes.h5", "--json"}).out);
  EXPECT_EQ(found["kind"], "data");
  EXPECT_EQ(found["images"], 48);
  EXPECT_EQ(found["labels"]["sea"]["missing"], 0);
}

TEST_F(InspectCommand, SaysWhatARecipeComesTo) {
  const json found =
      json::parse(test::polytask({"inspect", "recipe.yaml", "--json"}).out);
  EXPECT_EQ(found["kind"], "recipe");
  EXPECT_EQ(found["train_images"], 36);
  EXPECT_EQ(found["validation_images"], 12);
}

TEST_F(DrawCommand, TheSameSeedDrawsTheSameFile) {
  for (const char* name : {"a.h5", "b.h5"}) {
    const Answer answer =
        test::polytask({"draw", "scenes", name, "--count", "3", "--seed", "7",
                        "--height", "16", "--width", "24"});
    EXPECT_EQ(answer.code, 0);
    EXPECT_EQ(answer.out, "");
    EXPECT_EQ(answer.err, cat("3 images: ", name, "\n"));
  }
  EXPECT_EQ(test::read_bytes("a.h5"), test::read_bytes("b.h5"));
}

TEST_F(DrawCommand, AWorldThatDoesNotExist) {
  expect_refusal(cli::kUsage,
                 "polytask: draw: world: cities not in {scenes,streets}; "
                 "polytask draw --help lists what there is\n",
                 {"draw", "cities", "x.h5"});
}

TEST_F(DrawCommand, StreetsHaveADatasetATask) {
  const Answer answer = test::polytask(
      {"draw", "streets", "a.h5", "--count", "3", "--height", "32", "--width",
       "40", "--missing", "0.5", "--sheet", "a.png"});
  EXPECT_EQ(answer.code, 0) << answer.err;
  EXPECT_EQ(answer.err, "3 images: a.h5\ncontact sheet: a.png\n");
  EXPECT_TRUE(std::filesystem::exists("a.png"));
  const Hdf5Handle file(H5Fopen("a.h5", H5F_ACC_RDONLY, H5P_DEFAULT), H5Fclose);
  for (const char* name :
       {"y/objects", "y/weather", "y/time", "y/pedestrians", "y/distance"}) {
    const Hdf5Handle dataset(H5Dopen2(file.get(), name, H5P_DEFAULT), H5Dclose);
    EXPECT_TRUE(dataset) << name;
  }
}

TEST_F(DrawCommand, OnlyStreetsHaveMissingAnswers) {
  expect_refusal(cli::kUsage,
                 "polytask: draw: --missing: expected the world streets, found "
                 "scenes; leave the flag out\n",
                 {"draw", "scenes", "x.h5", "--missing", "0.5"});
}

TEST_F(DrawCommand, AFolderThatDoesNotExist) {
  expect_refusal(
      cli::kIo,
      "polytask: nowhere/x.h5: cannot be written: No such file or directory\n",
      {"draw", "scenes", "nowhere/x.h5", "--count", "1"});
}

TEST_F(DrawCommand, NoImagesAtAll) {
  expect_refusal(
      cli::kUsage,
      "polytask: x.h5: expected at least one image to write, got none\n",
      {"draw", "scenes", "x.h5", "--count", "0"});
}

}  // namespace
}  // namespace polytask
