// The work a recipe describes, for the verbs that look at it without training a
// model: on its data, or on images of a given size where there is none.

#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "apps/cli/command.h"
#include "polytask/recipe/recipe.h"

namespace polytask::cli {

struct RecipeJobOptions {
  std::string verb;                    // for messages
  std::filesystem::path recipe;        //
  std::vector<std::string> overrides;  // key=value
  std::string input;                   // "100x100x3"; empty: the data's size
};

struct RecipeJob {
  Recipe recipe;
  ModelSpec model;
  DatasetPtr train;  // null with a given size
  std::vector<std::string> notes;
  std::vector<std::string> warnings;
};

// Throws as load_recipe and prepare_run do; Fault::io when the data is not
// there, Fault::config when `input` is no size or the recipe leaves the labels
// to data that no one reads.
[[nodiscard]] RecipeJob load_job(const RecipeJobOptions& options);

// Throws Fault::config for a recipe that begins with a trained model: `verb`
// trains networks from nothing.
void require_no_start(const Recipe& recipe, const std::string& verb);

// What was taken for granted and what cannot be learned or judged: to err.
void say_findings(const PreparedRun& run, const Console& console);
void say_findings(const RecipeJob& job, const Console& console);

// For a study: data.validation are the images that judge, the recipe's test
// part; data.train all others of data.path, for a study splits them itself.
// Throws as prepare_run does.
[[nodiscard]] PreparedRun prepare_judged(Recipe& recipe);

// Uniformly random pixels and labels in the place of data: always the same.
// Throws Fault::resource when there is no memory.
[[nodiscard]] DatasetPtr random_images(const ModelSpec& model, int count);

}  // namespace polytask::cli
