// What bad input gets: a message that says where, what and what to do, an exit
// code, nothing on stdout and nothing on the disk.

#include <gtest/gtest.h>
#include <sys/resource.h>

#include "polytask/base/text.h"
#include "tests/cli/command_line.h"
#include "tests/data/raw_hdf5.h"

namespace polytask {
namespace {

using test::Answer;
using test::RawHdf5;

class BadInput : public test::CommandLine {
 protected:
  // Trains on a file odd.h5, which the test has written.
  void expect_odd_data(int code, const std::string& err) {
    expect_refusal(code, "polytask: odd.h5: " + err + "\n",
                   {"train", "recipe.yaml", "data.path=odd.h5"});
  }

  // Two images of 2 x 4 pixels with labels of this shape.
  static void write_labels(const std::vector<hsize_t>& shape,
                           const std::vector<double>& labels) {
    RawHdf5 file("odd.h5");
    file.add_bytes("x", {2, 3, 2, 4}, test::counting(48));
    file.add_reals("y", shape, labels);
  }

  void expect_bad_recipe(const std::string& problem,
                         const std::vector<std::string>& overrides) {
    std::vector<std::string> arguments{"train", "recipe.yaml"};
    arguments.insert(arguments.end(), overrides.begin(), overrides.end());
    expect_refusal(cli::kUsage, "polytask: " + problem + "\n", arguments);
  }
};

class BadModel : public test::TrainedRun {};

TEST_F(BadInput, NoSuchRecipe) {
  expect_refusal(cli::kIo,
                 "polytask: nowhere.yaml: expected a file, found nothing; "
                 "check the path\n",
                 {"train", "nowhere.yaml"});
}

TEST_F(BadInput, NoSuchData) {
  expect_refusal(cli::kIo,
                 "polytask: nowhere.h5: expected an HDF5 file or a folder of "
                 "images, found nothing of that name; check the path\n",
                 {"train", "recipe.yaml", "data.path=nowhere.h5"});
  expect_refusal(cli::kIo,
                 "polytask: scene.h5: expected an HDF5 file or a folder of "
                 "images, found nothing of that name; did you mean "
                 "scenes.h5?\n",
                 {"train", "recipe.yaml", "data.path=scene.h5"});
}

TEST_F(BadInput, DataThatIsNotHdf5) {
  test::write_bytes("odd.h5", "hello\n");
  expect_odd_data(cli::kBadData, "expected an HDF5 file, found text");
}

TEST_F(BadInput, AMissingDatasetListsWhatIsThere) {
  expect_refusal(cli::kBadData,
                 "polytask: scenes.h5: dataset \"labels\": it is not there; "
                 "the file has \"x\" (48, 3, 16, 16) uint8, \"y\" (48, 5) "
                 "uint8; say which one with the option labels\n",
                 {"train", "recipe.yaml", "data.labels=labels"});
}

TEST_F(BadInput, ImagesAndLabelsOfDifferentLength) {
  write_labels({3, 5}, std::vector<double>(15, 1.0));
  const Answer answer =
      test::polytask({"train", "recipe.yaml", "data.path=odd.h5"});
  EXPECT_EQ(answer.code, cli::kBadData);
  for (const char* part : {"polytask: odd.h5: dataset \"y\": ", "2", "3"}) {
    EXPECT_NE(answer.err.find(part), std::string::npos) << answer.err;
  }
}

TEST_F(BadInput, ImagesOfAnotherRank) {
  {
    RawHdf5 file("odd.h5");
    file.add_bytes("x", {4, 5}, test::counting(20));
    file.add_reals("y", {4, 1}, {0, 1, 0, 1});
  }
  const Answer answer =
      test::polytask({"train", "recipe.yaml", "data.path=odd.h5"});
  EXPECT_EQ(answer.code, cli::kBadData);
  EXPECT_NE(answer.err.find("polytask: odd.h5: dataset \"x\": expected "),
            std::string::npos)
      << answer.err;
  EXPECT_NE(answer.err.find("(4, 5)"), std::string::npos) << answer.err;
}

TEST_F(BadInput, ImagesOfAnotherType) {
  {
    RawHdf5 file("odd.h5");
    file.add<double>("x", {2, 3, 2, 4}, {}, H5T_NATIVE_DOUBLE, H5T_STD_I64LE);
    file.add_reals("y", {2, 1}, {0, 1});
  }
  const Answer answer =
      test::polytask({"train", "recipe.yaml", "data.path=odd.h5"});
  EXPECT_EQ(answer.code, cli::kBadData);
  EXPECT_NE(answer.err.find("int64"), std::string::npos) << answer.err;
}

TEST_F(BadInput, ALabelThatIsNeitherZeroNorOneNorMissingNamesItsRow) {
  write_labels({2, 5}, {0, 1, -1, 0, 1, 0, 1, 7, 0, 1});
  const Answer answer =
      test::polytask({"train", "recipe.yaml", "data.path=odd.h5"});
  EXPECT_EQ(answer.code, cli::kBadData);
  for (const char* part :
       {"odd.h5[1], column label_2: ", "expected 0, 1 or missing, found 7"}) {
    EXPECT_NE(answer.err.find(part), std::string::npos) << answer.err;
  }
}

TEST_F(BadInput, AnUnknownLabelNamesTheNearest) {
  expect_refusal(cli::kBadData,
                 "polytask: the data does not answer every task; it has the "
                 "columns desert, mountains, sea, sunset, trees:\n"
                 "  - task scene: no column sunst (did you mean \"sunset\"?)\n",
                 {"train", "recipe.yaml", "tasks.scene.labels=[sea, sunst]"});
}

TEST_F(BadInput, AnUnknownKeyNamesTheNearest) {
  expect_bad_recipe(
      "command line: train.epoch: unknown key; did you mean \"epochs\"?",
      {"train.epoch=3"});
  expect_bad_recipe("command line: trian: unknown key; did you mean \"train\"?",
                    {"trian.epochs=3"});
}

TEST_F(BadInput, AnUnknownKeyInTheFileNamesItsLine) {
  std::string recipe = test::kRecipe;
  recipe.replace(recipe.find("batch_size"), 10, "batchsize");
  test::write_bytes("recipe.yaml", recipe);
  expect_bad_recipe(
      "recipe.yaml:13: train.batchsize: unknown key; did you mean "
      "\"batch_size\"?",
      {});
}

TEST_F(BadInput, AnUnknownLayerNamesTheNearest) {
  const Answer answer =
      test::polytask({"train", "recipe.yaml", "network.trunk=[flaten]"});
  EXPECT_EQ(answer.code, cli::kUsage);
  EXPECT_NE(answer.err.find("flaten"), std::string::npos) << answer.err;
  EXPECT_NE(answer.err.find("did you mean \"flatten\"?"), std::string::npos)
      << answer.err;
}

TEST_F(BadInput, EveryProblemOfARecipeIsListed) {
  const Answer answer =
      test::polytask({"train", "recipe.yaml", "train.epochs=0",
                      "train.batch_size=ten", "data.split.test_size=2",
                      "network.trunk=[]", "tasks.scene.labels=[a, a]"});
  EXPECT_EQ(answer.code, cli::kUsage);
  for (const char* part :
       {"train.epochs: expected 1 to 1000000, got 0",
        "train.batch_size: expected a whole number, found \"ten\"",
        "data.split.test_size: expected 0 <= test_size < 1, got 2",
        "network.trunk: expected at least one layer, got none",
        "tasks.scene.labels: \"a\" is there twice"}) {
    EXPECT_NE(answer.err.find(part), std::string::npos) << part << "\n"
                                                        << answer.err;
  }
}

TEST_F(BadInput, AWordThatIsNoOverride) {
  expect_bad_recipe(
      "override \"epochs\": expected key=value, e.g. train.epochs=5",
      {"epochs"});
}

TEST_F(BadInput, ATaskTheDataDoesNotAnswer) {
  expect_bad_recipe(
      "recipe.yaml: tasks.light.loss.kind: a multilabel task takes "
      "binary_crossentropy or focal or asymmetric, got huber",
      {"tasks.light.labels=[day]", "tasks.light.loss=huber"});
  expect_refusal(
      cli::kBadData,
      "polytask: the data does not answer every task; it has the columns "
      "desert, mountains, sea, sunset, trees:\n"
      "  - task light: no column day\n",
      {"train", "recipe.yaml", "tasks.light.labels=[day]"});
}

TEST_F(BadInput, AnImpossibleNetworkNamesTheLayerAndItsShapes) {
  expect_bad_recipe(
      "recipe.yaml: conv2d_1: a kernel of 30 x 30 does not fit into its input "
      "[16, 16, 3]; "
      "use padding: same, a smaller kernel, less pooling before, or larger "
      "images",
      {"network.trunk=[conv2d: {filters: 2, kernel_size: 30}]"});
  expect_bad_recipe(
      "recipe.yaml: dense_1: expected a vector of features, got [16, 16, 3]; "
      "put a flatten "
      "layer before it",
      {"network.trunk=[dense: {units: 3}]"});
}

TEST_F(BadInput, ABatchLargerThanTheDataIsAllOfItAndThatIsSaid) {
  const Answer answer =
      test::polytask({"train", "recipe.yaml", "train.batch_size=37"});
  EXPECT_EQ(answer.code, cli::kOk);
  EXPECT_TRUE(answer.err.starts_with(
      "note: train.batch_size: 37 is more than the training images there are; "
      "it is 36 now\n"))
      << answer.err;
  const Answer exact = test::polytask(
      {"train", "recipe.yaml", "train.batch_size=36", "run.dir=exact"});
  EXPECT_EQ(exact.err.find("note: "), std::string::npos) << exact.err;
  EXPECT_EQ(test::read_bytes("run/evaluation.json"),
            test::read_bytes("exact/evaluation.json"));
}

TEST_F(BadInput, ARecipeThatIsNoYaml) {
  test::write_bytes("recipe.yaml", "data: [1, 2\n");
  const Answer answer = test::polytask({"train", "recipe.yaml"});
  EXPECT_EQ(answer.code, cli::kUsage);
  EXPECT_TRUE(answer.err.starts_with("polytask: recipe.yaml:")) << answer.err;
}

TEST_F(BadInput, ALearningRateThatDiverges) {
  const Answer answer =
      test::polytask({"train", "recipe.yaml", "train.adam.learning_rate=1e30"});
  EXPECT_EQ(answer.code, cli::kDiverged);
  EXPECT_EQ(answer.out, "");
  EXPECT_NE(answer.err.find("\npolytask: epoch 1, step 2: the loss is not "
                            "finite: label \""),
            std::string::npos)
      << answer.err;
  EXPECT_FALSE(std::filesystem::exists("run/model.safetensors"));
}

TEST_F(BadInput, ADivergenceIsOneDocumentWithJson) {
  const Answer answer = test::polytask(
      {"train", "recipe.yaml", "train.adam.learning_rate=1e30", "--json"});
  EXPECT_EQ(answer.code, cli::kDiverged);
  const auto document = nlohmann::json::parse(answer.out);
  EXPECT_EQ(document["outcome"], "diverged");
  EXPECT_EQ(document["epochs"], 0);
  EXPECT_FALSE(document.contains("evaluation"));
}

TEST_F(BadInput, AFolderThatCannotBeWritten) {
  test::write_bytes("file", "");
  const Answer answer =
      test::polytask({"train", "recipe.yaml", "run.dir=file/run"});
  EXPECT_EQ(answer.code, cli::kIo);
  EXPECT_EQ(answer.err,
            "polytask: file/run: cannot create the folder of the run: Not a "
            "directory; choose another run.dir\n");
}

// What a full disk does too: the model fits below the limit, but not the
// checkpoint.
TEST_F(BadInput, AFullDiskLeavesNothingHalfWritten) {
  const std::vector<std::string> arguments{
      "train", "recipe.yaml", "network.trunk=[flatten, dense: {units: 400}]"};
  rlimit old{};
  ::getrlimit(RLIMIT_FSIZE, &old);
  const rlimit low{.rlim_cur = 2 << 20, .rlim_max = old.rlim_max};
  ::setrlimit(RLIMIT_FSIZE, &low);
  const Answer answer = test::polytask(arguments);
  ::setrlimit(RLIMIT_FSIZE, &old);
  EXPECT_EQ(answer.code, cli::kIo);
  EXPECT_EQ(answer.out, "");
  EXPECT_NE(answer.err.find(
                "polytask: run/checkpoints/epoch-0001.safetensors: needed "),
            std::string::npos)
      << answer.err;
  EXPECT_NE(answer.err.find(" bytes, but files may have 2097152 bytes here; "
                            "raise the limit (ulimit -f); nothing was changed"),
            std::string::npos)
      << answer.err;
  for (const auto& entry :
       std::filesystem::recursive_directory_iterator("run")) {
    EXPECT_NE(entry.path().extension(), ".safetensors") << entry.path();
    EXPECT_NE(entry.path().extension(), ".partial") << entry.path();
  }
  const Answer again = test::polytask({"train", "--resume", "run"});
  EXPECT_EQ(again.code, cli::kOk) << again.err;
}

TEST_F(BadModel, ATruncatedModel) {
  std::filesystem::copy_file("run/model.safetensors", "cut.safetensors");
  const auto bytes = std::filesystem::file_size("cut.safetensors");
  std::filesystem::resize_file("cut.safetensors", bytes - 1);
  const std::string text =
      cat("polytask: cut.safetensors: the file is damaged or truncated: ",
          bytes - 1, " of ", bytes,
          " bytes are there; copy it again, or use an older checkpoint\n");
  expect_refusal(cli::kBadData, text,
                 {"predict", "cut.safetensors", "scenes.h5"});
  expect_refusal(cli::kBadData, text,
                 {"evaluate", "cut.safetensors", "scenes.h5"});
  expect_refusal(cli::kBadData, text, {"inspect", "cut.safetensors"});
}

TEST_F(BadModel, AChangedBit) {
  std::string bytes = test::read_bytes("run/model.safetensors");
  bytes[bytes.size() - 3] = static_cast<char>(bytes[bytes.size() - 3] ^ 1);
  test::write_bytes("changed.safetensors", bytes);
  const Answer answer =
      test::polytask({"predict", "changed.safetensors", "scenes.h5"});
  EXPECT_EQ(answer.code, cli::kBadData);
  EXPECT_NE(answer.err.find("changed.safetensors"), std::string::npos);
  EXPECT_NE(answer.err.find("checksum"), std::string::npos) << answer.err;
}

TEST_F(BadModel, NoSuchModel) {
  expect_refusal(
      cli::kIo,
      "polytask: nowhere: expected a file, found nothing; check the path\n",
      {"predict", "nowhere", "scenes.h5"});
}

TEST_F(BadModel, AFolderWithoutAModel) {
  std::filesystem::create_directory("empty");
  expect_refusal(cli::kIo,
                 "polytask: empty: expected a model file or a run folder with "
                 "model.safetensors, found a folder without one\n",
                 {"predict", "empty", "scenes.h5"});
}

TEST_F(BadModel, ModelAndDataInTheWrongOrder) {
  expect_refusal(cli::kBadData,
                 "polytask: scenes.h5: expected a model, found a data set "
                 "(HDF5); the model comes first, then the data\n",
                 {"evaluate", "scenes.h5", "run"});
}

TEST_F(BadModel, LabelsTheDataLacks) {
  {
    RawHdf5 file("odd.h5");
    file.add_bytes("x", {1, 3, 16, 16}, test::counting(768));
    file.add_reals("y", {1, 2}, {0, 1});
    file.add_names("y", "labels", {"sea", "city"}, 0);
  }
  expect_refusal(
      cli::kBadData,
      "polytask: the data does not answer every task; it has the columns sea, "
      "city:\n"
      "  - task scene: no column desert, mountains, sunset, trees\n",
      {"evaluate", "run", "odd.h5"});
}

TEST_F(BadModel, AModelAloneHasNoDataToBeEvaluatedOn) {
  expect_refusal(cli::kUsage,
                 "polytask: evaluate: expected data to evaluate "
                 "run/model.safetensors on, e.g. polytask evaluate "
                 "run/model.safetensors scenes.h5\n",
                 {"evaluate", "run/model.safetensors"});
}

}  // namespace
}  // namespace polytask
