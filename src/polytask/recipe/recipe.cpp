#include "polytask/recipe/recipe.h"

#include <system_error>

#include "polytask/base/error.h"
#include "polytask/base/text.h"
#include "polytask/data/data_settings.h"
#include "polytask/data/file_kind.h"
#include "polytask/model/model_settings.h"
#include "polytask/recipe/recipe_start.h"
#include "polytask/settings/settings_override.h"
#include "polytask/settings/settings_yaml.h"
#include "polytask/task/kind_traits.h"
#include "polytask/train/train_settings.h"

namespace polytask {
// Found by argument-dependent lookup, so not in the unnamed namespace.
template <class Visitor>
void describe(Visitor& visitor, RunOptions& options) {
  visitor.key("dir", options.dir);
}

// Two structs in one section: where a network begins is no part of a model.
struct NetworkSection {
  NetworkOptions& network;
  StartOptions& start;
};

template <class Visitor>
void describe(Visitor& visitor, NetworkSection& section) {
  visitor.key("from", section.start.from);
  visitor.key("freeze_trunk", section.start.freeze_trunk);
  describe(visitor, section.network);
}

template <class Visitor>
void describe(Visitor& visitor, Recipe& recipe) {
  NetworkSection network{recipe.network, recipe.start};
  visitor.section("data", recipe.data);
  visitor.key("tasks", recipe.tasks);
  visitor.section("network", network);
  visitor.section("train", recipe.train);
  visitor.section("run", recipe.run);
}

namespace {

void add(std::vector<std::string>& all, const std::vector<std::string>& some) {
  all.insert(all.end(), some.begin(), some.end());
}

// A recipe may leave the labels to the data; what it does say is checked now.
std::vector<std::string> problems_of_tasks(const std::vector<Task>& tasks) {
  std::vector<Task> named;
  for (const Task& task : tasks) {
    const bool complete =
        !task.labels.empty() || form_of(task) == AnswerForm::numbers;
    if (complete) named.push_back(task);
  }
  if (named.empty()) return {};
  return problems(named);
}

// Of text, and of what is not there, the reader of recipes says more.
void require_recipe(const std::filesystem::path& path) {
  std::error_code error;
  if (!std::filesystem::exists(path, error)) return;
  const RecognizedFile found = recognize_file(path);
  switch (found.kind) {
    case FileKind::recipe:
    case FileKind::table:
    case FileKind::text:
      return;
    default:
      throw Error(Fault::config,
                  wrong_kind(path, "a recipe (YAML)", found).what());
  }
}

}  // namespace

Recipe load_recipe(const std::filesystem::path& path,
                   const std::vector<std::string>& overrides) {
  require_recipe(path);
  Settings settings = load_settings(path);
  for (const std::string& text : overrides) apply_override(settings, text);
  Recipe recipe;
  Problems found;
  read_settings(settings, "", found, recipe);
  add(found, problems(recipe.data));
  add(found, problems_of_tasks(recipe.tasks));
  add(found, problems_of_start(recipe));
  if (recipe.start.freeze_trunk) {
    recipe.train.only_heads = task_names(recipe.tasks);
  }
  add(found, problems(recipe.train));
  throw_if_any(found, "the recipe");
  return recipe;
}

std::string recipe_text(const Recipe& recipe) {
  return to_yaml(to_settings(recipe));
}

}  // namespace polytask
