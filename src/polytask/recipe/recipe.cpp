#include "polytask/recipe/recipe.h"

#include <system_error>
#include <utility>

#include "polytask/base/error.h"
#include "polytask/base/text.h"
#include "polytask/data/data_settings.h"
#include "polytask/data/dataset.h"
#include "polytask/data/file_kind.h"
#include "polytask/data/image/pixel_range.h"
#include "polytask/model/balanced_weights.h"
#include "polytask/model/model_settings.h"
#include "polytask/model/task_columns.h"
#include "polytask/recipe/recipe_pixels.h"
#include "polytask/recipe/recipe_start.h"
#include "polytask/recipe/recipe_tasks.h"
#include "polytask/settings/settings_override.h"
#include "polytask/settings/settings_yaml.h"
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
    const bool complete = !task.labels.empty() ||
                          task.kind == TaskKind::regression ||
                          task.kind == TaskKind::count;
    if (complete) named.push_back(task);
  }
  if (named.empty()) return {};
  return problems(named);
}

// A batch holds no more images than there are to learn from.
void fit_batch(TrainOptions& train, std::int64_t images,
               std::vector<std::string>& notes) {
  if (train.batch_size <= images) return;
  notes.push_back(cat("train.batch_size: ", train.batch_size, " is more than ",
                      "the training images there are; it is ", images, " now"));
  train.batch_size = static_cast<int>(images);
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

// "[100, 100, 3] of uint8"
std::string kind_of_images(const DatasetSpec& spec) {
  return cat(to_text(Shape{spec.height, spec.width, spec.channels}), " of ",
             spec.pixels == PixelType::uint8 ? "uint8" : "float32");
}

// The images of data.test.
DatasetPtr test_images(Recipe recipe, const Dataset& others,
                       ColumnNames names) {
  recipe.data.path = recipe.data.test;
  recipe.data.table.clear();
  const DatasetPtr found = open_dataset(recipe.data);
  const std::string expected = kind_of_images(others.spec());
  const std::string images = kind_of_images(found->spec());
  if (images != expected) {
    throw Error(Fault::data, cat("data.test: expected images ", expected,
                                 " as in ", "data.path, found ", images, " in ",
                                 recipe.data.path.string()));
  }
  return select_columns(found, column_uses(recipe.tasks), names);
}

void set_parts(const Recipe& recipe, const DatasetPtr& all, PreparedRun& run) {
  const SplitOptions& options = recipe.data.split;
  run.data.train = all;
  if (options.test_size > 0.0 || options.validation_size > 0.0) {
    Split split = train_test_split(all->size(), options);
    run.data.train = subset(all, std::move(split.train));
    const bool three = options.validation_size > 0.0;
    run.data.validation =
        subset(all, std::move(three ? split.validation : split.test));
    if (three && !split.test.empty()) {
      run.test = subset(all, std::move(split.test));
    }
  }
  if (recipe.data.test.empty()) return;
  run.test = test_images(recipe, *all,
                         run.start ? ColumnNames::full : ColumnNames::as_found);
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

PreparedRun prepare_run(Recipe& recipe, std::shared_ptr<const Model> start) {
  PreparedRun run;
  run.start = start ? std::move(start) : load_start(recipe);
  if (run.start) complete_from_start(recipe, *run.start);
  const DatasetPtr found = open_dataset(recipe.data);
  if (run.start) require_fit(recipe, *run.start, found->spec());
  run.notes = complete_tasks(recipe.tasks, *found);
  std::vector<std::string> wrong = problems(recipe.tasks);
  for (const std::string& problem :
       problems(recipe.train.weighting, task_names(recipe.tasks))) {
    wrong.push_back("train." + problem);
  }
  throw_if_any(wrong, "the recipe");
  // Beside tasks of a model, names that are no other task's.
  const DatasetPtr all = select_columns(
      found, column_uses(recipe.tasks),
      run.start ? ColumnNames::full : ColumnNames::as_found, &run.notes);
  set_parts(recipe, all, run);
  fit_batch(recipe.train, run.data.train->size(), run.notes);
  const DatasetSpec& spec = all->spec();
  run.model = {.image = {spec.height, spec.width, spec.channels},
               .network = recipe.network,
               .tasks = tasks_of_model(recipe, run.start.get())};
  const RecipePixels pixels{.type = spec.pixels,
                            .range = pixel_range(*all),
                            .scale = recipe.data.scale};
  if (run.start) {
    run.model.preprocessing = run.start->spec.preprocessing;
    require_pixels_of(run.model.preprocessing, pixels);
  } else {
    run.model.preprocessing = preprocessing_of(pixels);
  }
  run.warnings = task_warnings(recipe.tasks, run.data);
  add(run.warnings, derive_balanced_weights(recipe.tasks, *run.data.train));
  add(run.warnings,
      weighting_warnings(recipe.tasks, recipe.train.weighting.kind));
  if (!run.start) add(run.warnings, pixel_warnings(pixels));
  if (run.start) add(run.warnings, start_warnings(run.model, *run.start));
  return run;
}

}  // namespace polytask
