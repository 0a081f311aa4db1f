// From a recipe to what a run of it needs.

#include <utility>

#include "polytask/base/error.h"
#include "polytask/base/text.h"
#include "polytask/data/dataset.h"
#include "polytask/data/image/pixel_range.h"
#include "polytask/data/split.h"
#include "polytask/model/task_columns.h"
#include "polytask/model/training_targets.h"
#include "polytask/recipe/recipe.h"
#include "polytask/recipe/recipe_pixels.h"
#include "polytask/recipe/recipe_start.h"
#include "polytask/recipe/recipe_tasks.h"
#include "polytask/settings/setting_problem.h"
#include "polytask/weighting/weighting_settings.h"

namespace polytask {
namespace {

void add(std::vector<std::string>& all, std::vector<std::string> some) {
  for (std::string& text : some) all.push_back(std::move(text));
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

// A batch holds no more images than there are to learn from.
void fit_batch(TrainOptions& train, std::int64_t images,
               std::vector<std::string>& notes) {
  if (train.batch_size <= images) return;
  notes.push_back(cat("train.batch_size: ", train.batch_size, " is more than ",
                      "the training images there are; it is ", images, " now"));
  train.batch_size = static_cast<int>(images);
}

void require_tasks(const Recipe& recipe) {
  std::vector<std::string> wrong = problems(recipe.tasks);
  for (const std::string& problem :
       problems(recipe.train.weighting, task_names(recipe.tasks))) {
    wrong.push_back("train." + problem);
  }
  throw_if_any(wrong, "the recipe");
}

// That of a model to begin with stays.
Preprocessing preprocessing_for(const RecipePixels& pixels,
                                const Model* start) {
  if (start == nullptr) return preprocessing_of(pixels);
  require_pixels_of(start->spec.preprocessing, pixels);
  return start->spec.preprocessing;
}

// Balances the losses of the recipe's tasks on the way.
std::vector<std::string> warnings_of(Recipe& recipe, const PreparedRun& run,
                                     const RecipePixels& pixels) {
  const TrainingTargets targets =
      read_training_targets(recipe.tasks, *run.data.train);
  std::vector<std::string> all =
      task_warnings(recipe.tasks, run.data, targets.statistics);
  add(all, targets.warnings);
  add(all, weighting_warnings(recipe.tasks, recipe.train.weighting.kind));
  add(all, run.start ? start_warnings(run.model, *run.start)
                     : pixel_warnings(pixels));
  return all;
}

}  // namespace

PreparedRun prepare_run(Recipe& recipe, std::shared_ptr<const Model> start) {
  PreparedRun run;
  run.start = start ? std::move(start) : load_start(recipe);
  if (run.start) complete_from_start(recipe, *run.start);
  const DatasetPtr found = open_dataset(recipe.data);
  if (run.start) require_fit(recipe, *run.start, found->spec());
  run.notes = complete_tasks(recipe.tasks, *found);
  require_tasks(recipe);
  // Beside tasks of a model, names that are no other task's.
  const DatasetPtr all = select_columns(
      found, column_uses(recipe.tasks),
      run.start ? ColumnNames::full : ColumnNames::as_found, &run.notes);
  set_parts(recipe, all, run);
  fit_batch(recipe.train, run.data.train->size(), run.notes);
  const DatasetSpec& spec = all->spec();
  const RecipePixels pixels{.type = spec.pixels,
                            .range = pixel_range(*all),
                            .scale = recipe.data.scale};
  run.model = {.image = {spec.height, spec.width, spec.channels},
               .preprocessing = preprocessing_for(pixels, run.start.get()),
               .network = recipe.network,
               .tasks = tasks_of_model(recipe, run.start.get())};
  run.warnings = warnings_of(recipe, run, pixels);
  return run;
}

}  // namespace polytask
