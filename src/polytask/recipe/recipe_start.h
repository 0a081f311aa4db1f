// Recipes that begin with a trained model: network.from.

#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "polytask/data/dataset.h"
#include "polytask/recipe/recipe.h"

namespace polytask {

// What is wrong with the keys alone.
[[nodiscard]] std::vector<std::string> problems_of_start(const Recipe& recipe);

// The model of network.from, whose note "start" says which it is; null when
// there is none. Throws as load_model does; Fault::config when a task that is
// to be added is there already.
[[nodiscard]] std::shared_ptr<const Model> load_start(const Recipe& recipe);

// What the newest good checkpoint in the folder of a run has, in the place of
// the model the run began with; null when there is no checkpoint yet. Throws as
// RunLock and CheckpointFolder::newest_good do.
[[nodiscard]] std::shared_ptr<const Model> saved_model_of(
    const std::filesystem::path& run_folder);

// Fills in what the recipe leaves to the model: the trunk, the tasks, their
// labels and heads. Throws Fault::config when it has another trunk.
void complete_from_start(Recipe& recipe, const Model& start);

// Throws Fault::config when the data's images are not what the model takes.
void require_fit(const Recipe& recipe, const Model& start,
                 const DatasetSpec& data);

// Those of the recipe; where they are added to a model's, its own before them.
[[nodiscard]] std::vector<Task> tasks_of_model(const Recipe& recipe,
                                               const Model* start);

// A sentence when the model answers what the new one will not.
[[nodiscard]] std::vector<std::string> start_warnings(const ModelSpec& model,
                                                      const Model& start);

}  // namespace polytask
