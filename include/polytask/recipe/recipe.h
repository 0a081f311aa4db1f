// A recipe: everything one training run needs, in one YAML file.
//
//   data:    {path: scenes.h5, split: {test_size: 0.2, random_state: 100}}
//   tasks:   {scene: {kind: multilabel, labels: [desert, mountains, sea]}}
//   network: {trunk: [...]}
//   train:   {epochs: 50, batch_size: 100}
//   run:     {dir: runs/blog}
//
// Every key has a default, every unknown key is an error, and a resolved recipe
// (recipe_text) says all of them. docs/recipe.md lists the keys.

#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "polytask/data/data_options.h"
#include "polytask/network/network_options.h"
#include "polytask/task/task.h"
#include "polytask/train/train.h"

namespace polytask {

// A trained model to begin with.
struct StartOptions {
  // A model file or a run folder; its trunk is taken, layers and parameters,
  // and the heads of the tasks it has. Empty: random parameters.
  std::filesystem::path from;
  // The recipe's tasks are added to those of the model, and only their heads
  // learn; see TrainOptions::only_heads.
  bool freeze_trunk = false;
};

struct RunOptions {
  std::filesystem::path dir = "runs/latest";
};

struct Recipe {
  DataOptions data;
  std::vector<Task> tasks;  // none: those the data names; see prepare_run
  NetworkOptions network;
  StartOptions start;  // of the section network
  TrainOptions train;
  RunOptions run;
};

// Reads a recipe and then applies `overrides`, each "key=value".
// Throws Fault::io when there is no such file; Fault::config with every
// problem, each with its place.
[[nodiscard]] Recipe load_recipe(const std::filesystem::path& path,
                                 const std::vector<std::string>& overrides);

// The recipe as YAML, every key with its value; load_recipe of it gives the
// same recipe.
[[nodiscard]] std::string recipe_text(const Recipe& recipe);

// What a recipe's data and tasks come to.
struct PreparedRun {
  TrainData data;
  // Images that neither train nor choose an epoch, with the columns of the
  // tasks; null where the recipe has none (data.test, or
  // data.split.validation_size beside test_size).
  DatasetPtr test;
  // Its balanced losses are as the recipe had them: train() balances them on
  // the images it gets, which may be some of data.train only.
  ModelSpec model;
  std::shared_ptr<const Model> start;  // what the recipe begins with, or null
  std::vector<std::string> notes;      // on what was taken for granted
  std::vector<std::string> warnings;  // of what the parts cannot teach or judge
};

// Reads the data and splits it; completes the tasks from the data: labels and
// classes that the recipe leaves out, the tasks themselves where it names none
// (those the data looks like), the numbers that balanced losses come to on the
// training part, and the size of a batch where there are fewer images. Of a
// recipe that begins with a model, reads that as well, and completes trunk and
// tasks from it. Throws as open_dataset, select_columns, train_test_split and
// load_model do, and Fault::config when tasks, data and model do not fit.
//   start   in the place of the file the recipe names: what a run of this
//           recipe has saved, when it is resumed or evaluated
[[nodiscard]] PreparedRun prepare_run(
    Recipe& recipe, std::shared_ptr<const Model> start = nullptr);

// The model the training begins with: random parameters, but for what it has
// from run.start, which its note "start" then names.
[[nodiscard]] Model first_model(const PreparedRun& run, std::uint64_t seed);

}  // namespace polytask
