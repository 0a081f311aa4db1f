#include "polytask/recipe/recipe_start.h"

#include <algorithm>

#include "polytask/base/error.h"
#include "polytask/base/json.h"
#include "polytask/base/text.h"
#include "polytask/checkpoint/checkpoint_folder.h"
#include "polytask/checkpoint/model_content.h"
#include "polytask/checkpoint/run_lock.h"
#include "polytask/checkpoint/run_model.h"
#include "polytask/model/transplant.h"
#include "polytask/settings/setting_problem.h"
#include "polytask/train/training_state.h"

namespace polytask {
namespace {

constexpr const char* kStartNote = "start";

const Task* find_task(const std::vector<Task>& tasks, const std::string& name) {
  const auto found = std::ranges::find(tasks, name, &Task::name);
  return found == tasks.end() ? nullptr : &*found;
}

void require_new_names(const Recipe& recipe, const Model& start) {
  std::vector<std::string> found;
  for (const Task& task : recipe.tasks) {
    if (find_task(start.spec.tasks, task.name) == nullptr) continue;
    found.push_back(
        cat("tasks.", task.name, ": the model of network.from has a task of ",
            "this name, and with network.freeze_trunk its head stays as it ",
            "is; give the new task another name, or remove freeze_trunk ",
            "to train the old one further"));
  }
  throw_if_any(found, "the recipe");
}

std::string start_note(const std::filesystem::path& file,
                       const std::string& checksum, bool frozen) {
  return Json{{"model", file.filename().string()},
              {"crc32c", checksum},
              {"trunk_frozen", frozen}}
      .text();
}

}  // namespace

std::vector<std::string> problems_of_start(const Recipe& recipe) {
  std::vector<std::string> found;
  const StartOptions& start = recipe.start;
  if (start.from.empty() && start.freeze_trunk) {
    found.emplace_back(
        "network.freeze_trunk: expected a trained model in network.from, "
        "whose trunk stays as it is, got none");
  } else if (start.from.empty() && recipe.network.trunk.empty()) {
    found.emplace_back("network.trunk: expected at least one layer, got none");
  }
  if (start.freeze_trunk && recipe.tasks.empty()) {
    found.emplace_back(
        "tasks: expected those that network.freeze_trunk adds to the model, "
        "got none");
  }
  return found;
}

std::shared_ptr<const Model> load_start(const Recipe& recipe) {
  if (recipe.start.from.empty()) return nullptr;
  auto model = std::make_shared<Model>();
  try {
    const std::filesystem::path path = find_model(recipe.start.from);
    ModelFile loaded = load_model_file(path);
    *model = std::move(loaded.model);
    model->notes[kStartNote] =
        start_note(path, loaded.checksum, recipe.start.freeze_trunk);
  } catch (const Error& e) {
    throw Error(e.fault(), cat("network.from: ", e.what()));
  }
  if (recipe.start.freeze_trunk) require_new_names(recipe, *model);
  return model;
}

std::shared_ptr<const Model> saved_model_of(
    const std::filesystem::path& run_folder) {
  std::error_code error;
  if (!std::filesystem::exists(run_folder / "checkpoints", error)) {
    return nullptr;
  }
  const Folder run(run_folder);
  const RunLock lock(run);
  std::vector<std::string> said_when_the_training_resumes;
  const auto newest =
      CheckpointFolder(run.inner("checkpoints"))
          .newest_good(said_when_the_training_resumes, require_state);
  if (!newest) return nullptr;
  return std::make_shared<const Model>(model_of(newest->file));
}

void complete_from_start(Recipe& recipe, const Model& start) {
  const NetworkOptions& network = start.spec.network;
  if (!recipe.network.trunk.empty() && recipe.network != network) {
    throw Error(Fault::config,
                "network.trunk: expected the layers of the model of "
                "network.from, got others; remove network.trunk");
  }
  recipe.network = network;
  if (recipe.tasks.empty()) recipe.tasks = start.spec.tasks;
  for (Task& task : recipe.tasks) {
    const Task* known = find_task(start.spec.tasks, task.name);
    if (known == nullptr) continue;
    if (task.labels.empty()) task.labels = known->labels;
    if (task.head.empty()) task.head = known->head;
  }
}

void require_fit(const Recipe& recipe, const Model& start,
                 const DatasetSpec& data) {
  std::vector<std::string> found;
  const Shape image{data.height, data.width, data.channels};
  if (image != start.spec.image) {
    found.push_back(cat("network.from: the model takes images ",
                        to_text(start.spec.image), ", the data has ",
                        to_text(image),
                        "; a folder's are resized to data.image_size"));
  }
  const float expected = start.spec.preprocessing.scale(data.pixels);
  if (recipe.data.scale && static_cast<float>(*recipe.data.scale) != expected) {
    found.push_back(cat("data.scale: expected ", expected,
                        " as in the model of network.from, got ",
                        *recipe.data.scale, "; leave it out"));
  }
  throw_if_any(found, "the recipe");
}

std::vector<Task> tasks_of_model(const Recipe& recipe, const Model* start) {
  if (start == nullptr || !recipe.start.freeze_trunk) return recipe.tasks;
  std::vector<Task> tasks;
  for (const Task& task : start->spec.tasks) {
    if (find_task(recipe.tasks, task.name) == nullptr) tasks.push_back(task);
  }
  tasks.insert(tasks.end(), recipe.tasks.begin(), recipe.tasks.end());
  return tasks;
}

std::vector<std::string> start_warnings(const ModelSpec& model,
                                        const Model& start) {
  std::vector<std::string> gone;
  for (const Task& task : start.spec.tasks) {
    if (find_task(model.tasks, task.name) == nullptr) gone.push_back(task.name);
  }
  if (gone.empty()) return {};
  return {
      cat("the new model will not answer what the model of network.from "
          "does: ",
          join(gone),
          "; network.freeze_trunk=true keeps the old tasks, or name them "
          "in the recipe")};
}

Model first_model(const PreparedRun& run, std::uint64_t seed) {
  if (!run.start) return make_model(run.model, seed);
  Model model = transplant(*run.start, run.model, seed);
  const auto note = run.start->notes.find(kStartNote);
  if (note != run.start->notes.end()) model.notes.insert(*note);
  return model;
}

}  // namespace polytask
