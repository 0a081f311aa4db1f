// Trains what a recipe describes and leaves a complete run folder: what the
// verbs train and demo share.

#pragma once

#include "apps/cli/command.h"
#include "polytask/metrics/evaluation.h"
#include "polytask/recipe/recipe.h"

namespace polytask::cli {

struct RecipeRun {
  TrainReport report;
  std::filesystem::path folder;
  std::filesystem::path model;  // the best; may not exist after a failure
  Evaluation evaluation;        // of the best model on the test part, else on
                                // the validation part
  std::vector<std::string> command;  // for run.json
};

// Draws progress on console.err. Ctrl-C ends the run after the current step.
//   resume   go on from the newest good checkpoint in recipe.run.dir
// Throws as prepare_run and train do.
[[nodiscard]] RecipeRun run_recipe(Recipe recipe, bool resume,
                                   Arguments command, const Console& console);

// 0, 130 when interrupted, 4 when diverged; says on console.err why.
[[nodiscard]] int report_outcome(const RecipeRun& run, const Console& console);

}  // namespace polytask::cli
