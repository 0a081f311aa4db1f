// Recipes that begin with a trained model.

#include "polytask/recipe/recipe_start.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "polytask/checkpoint/model_file.h"
#include "polytask/data/hdf5_writer.h"
#include "tests/support/expect_error.h"
#include "tests/support/temporary_folder.h"
#include "tests/train/stripes.h"

namespace polytask {
namespace {

using test::expect_error;
using test::TemporaryFolder;

constexpr const char* kAdd =
    "network: {freeze_trunk: true}\n"
    "tasks: {look: {kind: multilabel, labels: [rows, columns, red]}}\n";

class RecipeStart : public ::testing::Test {
 protected:
  RecipeStart() {
    write_hdf5(*test::stripes({.size = 20}), folder_ / "stripes.h5");
    Task light = categorical("light", {"day", "night"});
    light.head = {Dense{.units = 3}};
    Model model = make_model({.image = {10, 10, 3},
                              .preprocessing = {.uint8_scale = 0.25},
                              .network = test::plain_network(),
                              .tasks = {light, count("people")}},
                             3);
    model.target_statistics = {{.shares = {0.5, 0.5}},
                               {.numbers = {{2.0, 1.0, 1.5}}}};
    save_model(model, folder_ / "old.safetensors");
  }

  Recipe load(const std::string& text,
              std::vector<std::string> overrides = {}) const {
    test::write_bytes(folder_ / "recipe.yaml", text);
    overrides.push_back("data.path=" + (folder_ / "stripes.h5").string());
    return load_recipe(folder_ / "recipe.yaml", overrides);
  }
  std::string from(const std::string& name = "old.safetensors") const {
    return "network.from=" + (folder_ / name).string();
  }
  void expect_problem(const std::string& text, const std::string& recipe,
                      const std::vector<std::string>& overrides) const {
    expect_error(Fault::config, text, [&] {
      Recipe loaded = load(recipe, overrides);
      (void)prepare_run(loaded);
    });
  }

  TemporaryFolder folder_;
};

TEST_F(RecipeStart, AFrozenTrunkKeepsTheTasksAndAddsThoseOfTheRecipe) {
  Recipe recipe = load(kAdd, {from()});
  EXPECT_EQ(recipe.train.only_heads, std::vector<std::string>{"look"});
  const PreparedRun run = prepare_run(recipe);
  ASSERT_EQ(run.model.tasks.size(), 3u);
  EXPECT_EQ(run.model.tasks[0], run.start->spec.tasks[0]);
  EXPECT_EQ(run.model.tasks[1].name, "people");
  EXPECT_EQ(run.model.tasks[2].name, "look");
  EXPECT_EQ(run.model.preprocessing.uint8_scale, 0.25);
  EXPECT_EQ(run.model.network, test::plain_network());
  EXPECT_EQ(
      run.data.train->spec().labels,
      (std::vector<std::string>{"look/rows", "look/columns", "look/red"}));
  for (const std::string& warning : run.warnings) {
    EXPECT_EQ(warning.find("the new model"), std::string::npos) << warning;
  }
  const Model model = first_model(run, 1);
  EXPECT_EQ(model.target_statistics.at(1).numbers,
            (std::vector<NumberStatistics>{{2.0, 1.0, 1.5}}));
  const std::string note = model.notes.at("start");
  EXPECT_EQ(note,
            "{\"model\":\"old.safetensors\",\"crc32c\":\"" +
                test::read_bytes(folder_ / "old.safetensors").substr(53, 8) +
                "\",\"trunk_frozen\":true}");
}

TEST_F(RecipeStart, ItsTextIsTheSameRecipe) {
  Recipe recipe = load(kAdd, {from()});
  (void)prepare_run(recipe);
  const std::string text = recipe_text(recipe);
  EXPECT_NE(text.find("freeze_trunk: true\n  trunk:\n"), std::string::npos)
      << text;
  Recipe again = load(text);
  EXPECT_EQ(recipe_text(again), text);
  EXPECT_EQ(again.train.only_heads, recipe.train.only_heads);
  EXPECT_EQ(prepare_run(again).model, prepare_run(recipe).model);
}

TEST_F(RecipeStart, WithoutFreezingTheTasksOfTheRecipeAreAllThereAre) {
  Recipe recipe =
      load("tasks: {look: {labels: [rows, columns]}, red: {kind: count}}\n",
           {from()});
  EXPECT_TRUE(recipe.train.only_heads.empty());
  const PreparedRun run = prepare_run(recipe);
  EXPECT_EQ(run.model.tasks, recipe.tasks);
  EXPECT_EQ(run.warnings.back(),
            "the new model will not answer what the model of network.from "
            "does: light, people; network.freeze_trunk=true keeps the old "
            "tasks, or name them in the recipe");
  EXPECT_EQ(first_model(run, 1).spec, run.model);
}

TEST_F(RecipeStart, NewHeadsBeginWithTheSeed) {
  Recipe recipe = load(kAdd, {from()});
  const PreparedRun run = prepare_run(recipe);
  const Model model = first_model(run, 5);
  EXPECT_TRUE(std::ranges::equal(model.parameters.flat(),
                                 first_model(run, 5).parameters.flat()));
  EXPECT_FALSE(std::ranges::equal(model.parameters.flat(),
                                  first_model(run, 6).parameters.flat()));
}

TEST_F(RecipeStart, WithoutTasksThoseOfTheModelGoOnWithTheirHeads) {
  Recipe recipe = load("", {from()});
  const std::shared_ptr<const Model> start = load_start(recipe);
  complete_from_start(recipe, *start);
  EXPECT_EQ(recipe.tasks, start->spec.tasks);
  Recipe named = load("tasks: {light: {kind: categorical}}\n", {from()});
  complete_from_start(named, *start);
  EXPECT_EQ(named.tasks.at(0), start->spec.tasks[0]);
}

TEST_F(RecipeStart, ARunsFolderStandsForItsModel) {
  std::filesystem::create_directory(folder_ / "run");
  std::filesystem::copy(folder_ / "old.safetensors",
                        folder_ / "run" / "model.safetensors");
  EXPECT_EQ(load_start(load(kAdd, {from("run")}))->spec.tasks.size(), 2u);
  std::filesystem::create_directory(folder_ / "empty");
  expect_error(Fault::io,
               "network.from: " + (folder_ / "empty").string() +
                   ": expected a model file or a run folder with "
                   "model.safetensors, found a folder without one",
               [&] { (void)load_start(load(kAdd, {from("empty")})); });
}

TEST_F(RecipeStart, AModelThatIsNotThereIsNamed) {
  expect_error(
      Fault::io,
      "network.from: " + (folder_ / "gone").string() + ": no such file",
      [&] { (void)load_start(load(kAdd, {from("gone")})); });
}

TEST_F(RecipeStart, KeysThatSayNothingTogetherAreRefused) {
  expect_problem(
      "network.freeze_trunk: expected a trained model in network.from, whose "
      "trunk stays as it is, got none",
      kAdd, {});
  expect_problem("network.trunk: expected at least one layer, got none",
                 "tasks: {}\n", {});
  expect_problem(
      "tasks: expected those that network.freeze_trunk adds to the model, got "
      "none",
      "network: {freeze_trunk: true}\n", {from()});
  expect_problem(
      "train.weighting.kind: expected equal where only heads learn, which "
      "share nothing, got pcgrad",
      kAdd, {from(), "train.weighting=pcgrad"});
}

TEST_F(RecipeStart, AnotherTrunkIsRefusedAndTheSameIsNot) {
  expect_problem(
      "network.trunk: expected the layers of the model of network.from, got "
      "others; remove network.trunk",
      kAdd, {from(), "network.trunk=[flatten]"});
  Recipe recipe =
      load(kAdd, {from(),
                  "network.trunk=[conv2d: {filters: 6, activation: relu}, "
                  "max_pooling2d, flatten, dense: {units: 12, activation: "
                  "relu}]"});
  EXPECT_NO_THROW((void)prepare_run(recipe));
}

TEST_F(RecipeStart, ATaskTheModelHasIsRefusedBehindAFrozenTrunk) {
  expect_problem(
      "tasks.people: the model of network.from has a task of this name, and "
      "with network.freeze_trunk its head stays as it is; give the new task "
      "another name, or remove freeze_trunk to train the old one further",
      kAdd, {from(), "tasks.people.kind=count"});
}

TEST_F(RecipeStart, ImagesTheModelDoesNotTakeAreRefused) {
  Model small = make_model({.image = {8, 10, 3},
                            .network = test::plain_network(),
                            .tasks = {count("people")}},
                           3);
  save_model(small, folder_ / "small.safetensors");
  expect_problem(
      "the recipe has 2 problems:\n"
      "  - network.from: the model takes images [8, 10, 3], the data has "
      "[10, 10, 3]; a folder's are resized to data.image_size\n"
      "  - data.scale: expected 0.003921569 as in the model of network.from, "
      "got 0.5; leave it out",
      kAdd, {from("small.safetensors"), "data.scale=0.5"});
  Recipe fits = load(kAdd, {from(), "data.scale=0.25"});
  EXPECT_NO_THROW((void)prepare_run(fits));
}

}  // namespace
}  // namespace polytask
