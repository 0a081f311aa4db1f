#include "apps/cli/recipe_job.h"

#include <charconv>
#include <ostream>

#include "polytask/base/error.h"
#include "polytask/base/random.h"
#include "polytask/base/text.h"
#include "polytask/base/utf8.h"
#include "polytask/data/array_dataset.h"
#include "polytask/model/task_columns.h"

namespace polytask::cli {
namespace {

constexpr int kLongestSide = 16384;

// "100x60x3" as [100, 60, 3]; empty when it is something else.
Shape shape_in(const std::string& text) {
  Shape shape;
  const char* at = text.data();
  const char* const end = at + text.size();
  while (at <= end) {
    int size = 0;
    const auto [behind, error] = std::from_chars(at, end, size);
    if (error != std::errc() || size < 1 || size > kLongestSide) return {};
    shape.push_back(size);
    if (behind == end) break;
    if (*behind != 'x') return {};
    at = behind + 1;
  }
  const bool image = shape.size() == 3 && (shape[2] == 1 || shape[2] == 3);
  return image ? shape : Shape();
}

ModelSpec model_without_data(const Recipe& recipe,
                             const RecipeJobOptions& options) {
  const Shape image = shape_in(options.input);
  if (image.empty()) {
    throw Error(
        Fault::config,
        cat(options.verb, ": --input: expected HEIGHTxWIDTHxCHANNELS ",
            "with 1 or 3 channels, such as 100x100x3, got ", options.input));
  }
  if (recipe.tasks.empty() || !problems(recipe.tasks).empty()) {
    throw Error(Fault::config,
                cat(options.verb,
                    ": the recipe leaves the labels to the data, "
                    "which --input replaces; name them in the recipe"));
  }
  ModelSpec model{
      .image = image, .network = recipe.network, .tasks = recipe.tasks};
  if (recipe.data.scale) model.preprocessing.uint8_scale = *recipe.data.scale;
  return model;
}

void require_data(const Recipe& recipe, const RecipeJobOptions& options) {
  std::error_code error;
  if (std::filesystem::exists(recipe.data.path, error)) return;
  throw Error(Fault::io,
              cat(options.verb, ": ", recipe.data.path.string(),
                  ": there is no such data; correct data.path, or say the "
                  "size of the images: --input 100x100x3"));
}

void say(const std::vector<std::string>& notes,
         const std::vector<std::string>& warnings, const Console& console) {
  for (const std::string& note : notes) {
    console.err << "note: " << printable_lines(note) << '\n';
  }
  for (const std::string& warning : warnings) {
    console.err << "warning: " << printable_lines(warning) << '\n';
  }
}

}  // namespace

RecipeJob load_job(const RecipeJobOptions& options) {
  RecipeJob job{.recipe = load_recipe(options.recipe, options.overrides)};
  if (!options.input.empty()) {
    if (!job.recipe.start.from.empty()) {
      throw Error(Fault::config,
                  cat(options.verb, ": --input: the model of network.from ",
                      "says the size of its images; remove --input"));
    }
    job.model = model_without_data(job.recipe, options);
    return job;
  }
  require_data(job.recipe, options);
  PreparedRun run = prepare_run(job.recipe);
  job.model = std::move(run.model);
  job.train = std::move(run.data.train);
  job.notes = std::move(run.notes);
  job.warnings = std::move(run.warnings);
  return job;
}

void require_no_start(const Recipe& recipe, const std::string& verb) {
  if (recipe.start.from.empty()) return;
  throw Error(Fault::config,
              cat(verb, ": network.from: ", verb, " trains networks from ",
                  "nothing; remove network.from and write network.trunk"));
}

void say_findings(const PreparedRun& run, const Console& console) {
  say(run.notes, run.warnings, console);
}

void say_findings(const RecipeJob& job, const Console& console) {
  say(job.notes, job.warnings, console);
}

PreparedRun prepare_judged(Recipe& recipe) {
  recipe.data.split.validation_size = 0.0;
  if (!recipe.data.test.empty()) recipe.data.split.test_size = 0.0;
  PreparedRun run = prepare_run(recipe);
  if (run.test) run.data.validation = run.test;
  return run;
}

DatasetPtr random_images(const ModelSpec& model, int count) {
  std::vector<std::string> columns;
  for (const ColumnUse& use : column_uses(model.tasks)) {
    for (const std::string& member : use.members) {
      columns.push_back(cat(use.task, '/', member));
    }
    if (use.members.empty()) columns.push_back(use.task);
  }
  ArrayContent content{.spec = {.height = model.image[0],
                                .width = model.image[1],
                                .channels = model.image[2],
                                .labels = columns},
                       .size = count,
                       .source = "random pixels"};
  const std::size_t bytes =
      content.spec.bytes_per_image() * static_cast<std::size_t>(count);
  const std::shared_ptr<std::byte> images = allocate_images(bytes);
  RandomStream random(random_key(1, RandomUse::drawing), 0);
  for (std::size_t i = 0; i < bytes; ++i) {
    images.get()[i] = static_cast<std::byte>(random.next() >> 24);
  }
  content.images = images;
  content.targets.resize(columns.size() * static_cast<std::size_t>(count));
  for (float& y : content.targets) y = random.next() >> 30 == 0 ? 1.0f : 0.0f;
  return std::make_shared<ArrayDataset>(std::move(content));
}

}  // namespace polytask::cli
