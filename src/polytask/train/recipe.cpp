#include "polytask/train/recipe.h"

#include <cmath>
#include <numeric>

#include "polytask/base/error.h"
#include "polytask/base/settings_override.h"
#include "polytask/base/settings_yaml.h"
#include "polytask/base/text.h"
#include "polytask/data/data_settings.h"
#include "polytask/data/label_summary.h"
#include "polytask/data/subset.h"
#include "polytask/task/model_settings.h"
#include "polytask/train/train_settings.h"

namespace polytask {
// Found by argument-dependent lookup, so not in the unnamed namespace.
template <class Visitor>
void describe(Visitor& visitor, RunOptions& options) {
  visitor.key("dir", options.dir);
}

template <class Visitor>
void describe(Visitor& visitor, Recipe& recipe) {
  visitor.section("data", recipe.data);
  visitor.key("tasks", recipe.tasks);
  visitor.section("network", recipe.network);
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
    if (!task.labels.empty()) named.push_back(task);
  }
  std::vector<std::string> found;
  if (!named.empty()) found = problems(named);
  if (tasks.size() > 1) {
    found.push_back(cat("tasks: expected one task, got ", tasks.size()));
  }
  return found;
}

std::vector<double> prior_of(const Dataset& train) {
  std::vector<double> prior;
  for (const LabelSummary& label : label_summary(train)) {
    prior.push_back(label.observed == 0
                        ? std::nan("")
                        : static_cast<double>(label.positive) /
                              static_cast<double>(label.observed));
  }
  return prior;
}

void complete_tasks(Recipe& recipe, const Dataset& data) {
  if (recipe.tasks.empty()) recipe.tasks.push_back(multilabel("labels", {}));
  Task& task = recipe.tasks.front();
  if (task.labels.empty()) task.labels = data.spec().labels;
  throw_if_any(problems(recipe.tasks), "the recipe");
}

// What is wrong with the names a recipe gives is said with their place in it.
DatasetPtr open_data(const Recipe& recipe,
                     const std::vector<std::string>& labels) {
  try {
    return open_dataset(recipe.data, labels);
  } catch (const Error& e) {
    if (e.fault() != Fault::config || labels.empty()) throw;
    throw Error(Fault::config, cat("tasks.", recipe.tasks.front().name,
                                   ".labels: ", e.what()));
  }
}

}  // namespace

Recipe load_recipe(const std::filesystem::path& path,
                   const std::vector<std::string>& overrides) {
  Settings settings = load_settings(path);
  for (const std::string& text : overrides) apply_override(settings, text);
  Recipe recipe;
  Problems found;
  read_settings(settings, "", found, recipe);
  add(found, problems(recipe.data));
  add(found, problems_of_tasks(recipe.tasks));
  if (recipe.network.trunk.empty()) {
    found.emplace_back("network.trunk: expected at least one layer, got none");
  }
  add(found, problems(recipe.train));
  throw_if_any(found, "the recipe");
  return recipe;
}

std::string recipe_text(const Recipe& recipe) {
  return to_yaml(to_settings(recipe));
}

PreparedRun prepare_run(Recipe& recipe) {
  const std::vector<std::string> labels = recipe.tasks.empty()
                                              ? std::vector<std::string>()
                                              : recipe.tasks.front().labels;
  const DatasetPtr all = open_data(recipe, labels);
  complete_tasks(recipe, *all);
  PreparedRun run;
  if (recipe.data.split.test_size > 0.0) {
    Split split = train_test_split(all->size(), recipe.data.split);
    run.data.train = subset(all, std::move(split.train));
    run.data.validation = subset(all, std::move(split.test));
    run.warnings = split_warnings(*run.data.train, *run.data.validation);
  } else {
    run.data.train = all;
  }
  const DatasetSpec& spec = all->spec();
  run.model = {.image = {spec.height, spec.width, spec.channels},
               .network = recipe.network,
               .tasks = recipe.tasks};
  if (recipe.data.scale) {
    (spec.pixels == PixelType::uint8 ? run.model.preprocessing.uint8_scale
                                     : run.model.preprocessing.float32_scale) =
        *recipe.data.scale;
  }
  run.prior = {prior_of(*run.data.train)};
  return run;
}

}  // namespace polytask
