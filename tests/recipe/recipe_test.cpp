#include "polytask/recipe/recipe.h"

#include <gtest/gtest.h>

#include <cmath>
#include <set>

#include "polytask/base/text.h"
#include "polytask/data/hdf5_writer.h"
#include "tests/support/expect_error.h"
#include "tests/support/places.h"
#include "tests/support/temporary_folder.h"
#include "tests/train/answers_table.h"
#include "tests/train/stripes.h"

namespace polytask {
namespace {

using test::TemporaryFolder;

constexpr const char* kSmall =
    "data: {path: stripes.h5}\n"
    "network: {trunk: [flatten, dense: {units: 3}]}\n";

class RecipeFile : public ::testing::Test {
 protected:
  RecipeFile() {
    write_hdf5(*test::stripes({.size = 20, .unlabelled = {0, 1}}),
               folder_ / "stripes.h5");
  }

  Recipe load(const std::string& text,
              std::vector<std::string> overrides = {}) const {
    test::write_bytes(folder_ / "recipe.yaml", text);
    overrides.push_back("data.path=" + (folder_ / "stripes.h5").string());
    return load_recipe(folder_ / "recipe.yaml", overrides);
  }

  TemporaryFolder folder_;
};

constexpr const char* kLabels = "[rows, columns, red]";

TEST_F(RecipeFile, ThresholdsAreAMapOrANumberForAll) {
  const auto thresholds = [&](const std::string& text) {
    const Recipe recipe = load(cat(kSmall, "tasks: {scene: {labels: ", kLabels,
                                   ", thresholds: ", text, "}}\n"));
    // The resolved recipe says the same.
    test::write_bytes(folder_ / "resolved.yaml", recipe_text(recipe));
    EXPECT_EQ(load_recipe(folder_ / "resolved.yaml", {}).tasks, recipe.tasks);
    return thresholds_of(recipe.tasks.front());
  };
  using Numbers = std::vector<double>;
  EXPECT_EQ(thresholds("{red: .25, rows: .75}"), (Numbers{0.75, 0.5, 0.25}));
  EXPECT_EQ(thresholds(".25"), (Numbers{0.25, 0.25, 0.25}));
  EXPECT_EQ(thresholds("{}"), (Numbers{0.5, 0.5, 0.5}));
  EXPECT_EQ(thresholds("[]"), (Numbers{0.5, 0.5, 0.5}));
  // As recipes had them once.
  EXPECT_EQ(thresholds("[.125, .25, .75]"), (Numbers{0.125, 0.25, 0.75}));
}

TEST_F(RecipeFile, AListOfThresholdsWithoutLabelsIsRefused) {
  test::expect_error(
      Fault::config,
      (folder_ / "recipe.yaml").string() +
          ":3: tasks.scene.thresholds: expected a number, or a map of labels "
          "such as {sea: 0.3}, found a list",
      [&] { (void)load(cat(kSmall, "tasks: {scene: {thresholds: [.3]}}\n")); });
}

TEST_F(RecipeFile, AThresholdOfALabelThatIsNotThereNamesTheNearest) {
  test::expect_error(
      Fault::config,
      "the recipe has 2 problems:\n"
      "  - tasks.scene.thresholds.red: expected 0 to 1, got 1.5\n"
      "  - tasks.scene.thresholds: no label \"row\"; did you mean \"rows\"?",
      [&] {
        (void)load(cat(kSmall, "tasks: {scene: {labels: ", kLabels,
                       ", thresholds: {red: 1.5, row: .3}}}\n"));
      });
}

TEST(Recipe, TheOneOfThePostIsThePost) {
  const Recipe recipe = load_recipe(test::source_path("recipes/blog.yaml"), {});
  const Activation relu = Activation::relu;
  const NetworkOptions post{
      .trunk = {
          Conv2D{.filters = 32, .padding = Padding::same, .activation = relu},
          Conv2D{.filters = 32, .activation = relu}, MaxPooling2D{},
          Dropout{.rate = 0.25},
          Conv2D{.filters = 64, .padding = Padding::same, .activation = relu},
          Conv2D{.filters = 64, .activation = relu}, MaxPooling2D{},
          Dropout{.rate = 0.25}, Flatten{},
          Dense{.units = 512, .activation = relu}, Dropout{.rate = 0.5}}};
  EXPECT_EQ(recipe.network, post);
  EXPECT_EQ(recipe.train, (TrainOptions{.epochs = 50, .batch_size = 100}));
  EXPECT_EQ(recipe.train.adam, (AdamOptions{.learning_rate = 1e-3,
                                            .beta_1 = 0.9,
                                            .beta_2 = 0.999,
                                            .epsilon = 1e-7}));
  EXPECT_EQ(recipe.data.split.test_size, 0.2);
  EXPECT_EQ(recipe.data.split.random_state, 100u);
  ASSERT_EQ(recipe.tasks.size(), 1u);
  EXPECT_EQ(recipe.tasks[0].labels,
            (std::vector<std::string>{"desert", "mountains", "sea", "sunset",
                                      "trees"}));
}

TEST_F(RecipeFile, EveryKeyHasADefault) {
  const Recipe recipe = load(kSmall);
  EXPECT_EQ(recipe.train, TrainOptions{});
  EXPECT_EQ(recipe.run.dir, "runs/latest");
  EXPECT_EQ(recipe.data.images, "x");
  EXPECT_EQ(recipe.data.labels, "y");
  EXPECT_EQ(recipe.data.split.test_size, 0.2);
  EXPECT_TRUE(recipe.tasks.empty());
}

TEST_F(RecipeFile, ItsTextIsTheSameRecipe) {
  Recipe recipe = load(kSmall, {"train.adam.learning_rate=0.1",
                                "data.scale=0.0078125", "train.seed=99"});
  (void)prepare_run(recipe);
  const std::string text = recipe_text(recipe);
  EXPECT_EQ(recipe_text(load(text)), text);
  EXPECT_NE(text.find("labels: [rows, columns, red]"), std::string::npos)
      << text;
}

TEST_F(RecipeFile, TheSplitSharesOutEveryImageOnce) {
  Recipe recipe = load(kSmall);
  const PreparedRun run = prepare_run(recipe);
  EXPECT_EQ(run.data.train->size(), 16);
  EXPECT_EQ(run.data.validation->size(), 4);
  std::set<std::string> names;
  for (const DatasetPtr& part : {run.data.train, run.data.validation}) {
    for (std::int64_t i = 0; i < part->size(); ++i) {
      names.insert(part->image_name(i));
    }
  }
  EXPECT_EQ(names.size(), 20u);
}

// Of 20 images 16 are trained on.
TEST_F(RecipeFile, ABatchHoldsNoMoreThanTheTrainingImages) {
  Recipe recipe = load(kSmall, {"train.batch_size=18"});
  const PreparedRun run = prepare_run(recipe);
  EXPECT_EQ(recipe.train.batch_size, 16);
  EXPECT_EQ(run.notes,
            std::vector<std::string>{
                "train.batch_size: 18 is more than the training images there "
                "are; it is 16 now"});
}

std::vector<std::string> names_of(const Dataset& data) {
  std::vector<std::string> names;
  for (std::int64_t i = 0; i < data.size(); ++i) {
    names.push_back(data.image_name(i));
  }
  return names;
}

TEST_F(RecipeFile, AValidationSizeMakesWhatTestSizeHoldsBackATest) {
  Recipe two = load(kSmall);
  const PreparedRun without = prepare_run(two);
  EXPECT_EQ(without.test, nullptr);
  Recipe three = load(kSmall, {"data.split.validation_size=0.1"});
  const PreparedRun run = prepare_run(three);
  EXPECT_EQ(names_of(*run.test), names_of(*without.data.validation));
  std::vector<std::string> rest = names_of(*run.data.validation);
  EXPECT_EQ(rest.size(), 2u);
  for (const std::string& name : names_of(*run.data.train)) {
    rest.push_back(name);
  }
  EXPECT_EQ(rest, names_of(*without.data.train));
}

TEST_F(RecipeFile, TestImagesMayBeAFileOfTheirOwn) {
  write_hdf5(*test::stripes({.size = 7, .seed = 9}), folder_ / "test.h5");
  Recipe recipe = load(kSmall, {"data.test=" + (folder_ / "test.h5").string()});
  const PreparedRun run = prepare_run(recipe);
  EXPECT_EQ(run.test->size(), 7);
  EXPECT_EQ(run.test->spec().labels, run.data.train->spec().labels);
  EXPECT_EQ(run.data.train->size(), 16);
  EXPECT_EQ(run.data.validation->size(), 4);
}

TEST_F(RecipeFile, TestImagesOfAnotherKindAreRefused) {
  write_hdf5(*test::stripes({.size = 4, .pixels = PixelType::float32}),
             folder_ / "test.h5");
  Recipe recipe = load(kSmall, {"data.test=" + (folder_ / "test.h5").string()});
  test::expect_error(Fault::data,
                     "data.test: expected images [10, 10, 3] of uint8 as in "
                     "data.path, found [10, 10, 3] of float32 in " +
                         (folder_ / "test.h5").string(),
                     [&] { (void)prepare_run(recipe); });
}

TEST_F(RecipeFile, PartsThatCannotBeAreProblems) {
  test::expect_error_parts(
      Fault::config,
      {"data.split.validation_size: expected 0 or more, and less than 1 "
       "together with test_size, got 0.9"},
      [&] { (void)load(kSmall, {"data.split.validation_size=0.9"}); });
  test::expect_error_parts(
      Fault::config,
      {"data.split.validation_size: beside data.test, data.split.test_size is "
       "the share kept for validation; leave validation_size out"},
      [&] {
        (void)load(kSmall,
                   {"data.split.validation_size=0.1", "data.test=x.h5"});
      });
}

TEST_F(RecipeFile, WithoutASplitAllImagesAreTrainedOn) {
  Recipe recipe = load(kSmall, {"data.split.test_size=0"});
  const PreparedRun run = prepare_run(recipe);
  EXPECT_EQ(run.data.train->size(), 20);
  EXPECT_EQ(run.data.validation, nullptr);
}

// Balanced weights and warnings speak of the images that are trained on: label
// "rows" is positive in all of those, and in none of the others.
TEST_F(RecipeFile, WhatTheTrainingImagesHoldIsAllThatCounts) {
  const Split split = train_test_split(20, {.test_size = 0.2});
  std::vector<std::vector<float>> rows(20, {0.0f, 1.0f});
  for (const std::int64_t i : split.train) {
    rows[static_cast<std::size_t>(i)] = {1.0f, 1.0f};
  }
  rows[static_cast<std::size_t>(split.train.front())] = {1.0f, 0.0f};
  write_hdf5(*test::answers_table({"rows", "columns"}, rows),
             folder_ / "stripes.h5");
  Recipe recipe = load(kSmall, {"tasks.look={labels: [rows, columns], loss: "
                                "{positive_weights: balanced}}"});
  const PreparedRun run = prepare_run(recipe);
  EXPECT_EQ(recipe.tasks.at(0).loss.positive_weights,
            (std::vector<double>{1.0, 1.0 / 15.0}));
  EXPECT_EQ(run.warnings.at(0),
            "training part: label \"rows\" has no negative image (of 16); it "
            "cannot be learned; change data.split.random_state");
}

TEST_F(RecipeFile, TheModelIsThatOfTheDataAndTheRecipe) {
  Recipe recipe = load(kSmall, {"data.scale=0.5"});
  const ModelSpec model = prepare_run(recipe).model;
  EXPECT_EQ(model.image, (Shape{10, 10, 3}));
  EXPECT_EQ(model.network, recipe.network);
  EXPECT_EQ(model.preprocessing.uint8_scale, 0.5);
  EXPECT_EQ(model.tasks, recipe.tasks);
}

TEST_F(RecipeFile, ARecipeSelectsLabelsAndDoesNotRenameThem) {
  Recipe recipe = load(kSmall, {"tasks.look.labels=[a, b, c]"});
  test::expect_error(
      Fault::data,
      "the data does not answer every task; it has the columns rows, columns, "
      "red:\n  - task look: no column a, b, c",
      [&] { (void)prepare_run(recipe); });
}

TEST_F(RecipeFile, NoPathIsAProblem) {
  test::write_bytes(folder_ / "recipe.yaml",
                    "network: {trunk: [flatten, dense: {units: 3}]}\n");
  test::expect_error(
      Fault::config,
      "data.path: expected an HDF5 file or a folder of images, got nothing",
      [&] { (void)load_recipe(folder_ / "recipe.yaml", {}); });
}

}  // namespace
}  // namespace polytask
