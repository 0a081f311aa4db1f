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

#include <filesystem>
#include <string>
#include <vector>

#include "polytask/data/data_options.h"
#include "polytask/network/network_options.h"
#include "polytask/task/task.h"
#include "polytask/train/train.h"

namespace polytask {

struct RunOptions {
  std::filesystem::path dir = "runs/latest";
};

struct Recipe {
  DataOptions data;
  std::vector<Task> tasks;  // none: those the data names; see prepare_run
  NetworkOptions network;
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
  // Its balanced losses are as the recipe had them: train() balances them on
  // the images it gets, which may be some of data.train only.
  ModelSpec model;
  std::vector<std::string> warnings;  // of what the parts cannot teach or judge
};

// Reads the data and splits it; completes the tasks from the data: labels and
// classes that the recipe leaves out, the tasks themselves where it names none
// (one of all labels, or those of a group of datasets), and the numbers that
// balanced losses come to on the training part. Throws as
// open_dataset and train_test_split do, and Fault::config when tasks and data
// do not fit.
[[nodiscard]] PreparedRun prepare_run(Recipe& recipe);

}  // namespace polytask
