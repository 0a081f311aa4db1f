// polytask compare: does multi-task learning help here, does a weighting?
//
// out: the table, or comparison.json's document with --json.
// err: a line per training, with an estimate of the rest.

#include <ostream>

#include "apps/cli/commands.h"
#include "apps/cli/flags.h"
#include "apps/cli/interrupt.h"
#include "apps/cli/naming_recipe.h"
#include "apps/cli/output.h"
#include "apps/cli/recipe_job.h"
#include "apps/cli/run_folder.h"
#include "apps/cli/study_progress.h"
#include "polytask/base/atomic_file.h"
#include "polytask/base/error.h"
#include "polytask/base/json.h"
#include "polytask/base/text.h"
#include "polytask/base/utf8.h"
#include "polytask/recipe/recipe.h"
#include "polytask/recipe/recipe_tasks.h"
#include "polytask/report/comparison_text.h"
#include "polytask/tensor/shape.h"
#include "polytask/weighting/weighting_settings.h"

namespace polytask::cli {
namespace {

struct CompareArguments {
  std::vector<std::string> words;  // the recipe, then key=value ...
  std::string weightings;          // "equal,uncertainty,famo"
  std::string test;                // a file or folder of images that judge
  std::string folder = "runs/compare";
  int seeds = 3;
  double margin = 0.02;
  bool json = false;
};

// Names of recipes; "uw" is how papers call uncertainty.
std::vector<WeightingKind> weightings_in(const std::string& text) {
  std::vector<WeightingKind> kinds;
  if (text.empty()) return kinds;
  std::vector<std::string> names, unknown;
  for (const auto& [name, kind] : names_of(WeightingKind{})) {
    names.emplace_back(name);
  }
  for (const std::string& word : split_at_commas(text)) {
    const std::string wanted = word == "uw" ? "uncertainty" : word;
    bool found = false;
    for (const auto& [name, kind] : names_of(WeightingKind{})) {
      if (name != wanted) continue;
      kinds.push_back(kind);
      found = true;
    }
    if (!found) unknown.push_back('"' + word + '"');
  }
  if (unknown.empty()) return kinds;
  throw Error(Fault::config, cat("compare: --weightings: unknown ",
                                 join(unknown), "; there are ", join(names)));
}

// The images at `path`, with the tasks of `recipe`, whose labels and classes
// are known by now.
DatasetPtr images_that_judge(const std::string& path, Recipe recipe,
                             const Shape& image) {
  recipe.data.path = path;
  recipe.data.table.clear();
  recipe.data.split.test_size = 0.0;
  recipe.data.split.validation_size = 0.0;
  recipe.data.test.clear();
  const PreparedRun run = prepare_run(recipe);
  if (run.model.image == image) return run.data.train;
  throw Error(Fault::data,
              cat("compare: --test: expected images of ", to_text(image),
                  " as in the recipe's data, found ", to_text(run.model.image),
                  " in ", path));
}

// With --test nothing of the recipe's data is held back.
PreparedRun prepare_comparison(const CompareArguments& args, Recipe& recipe) {
  if (args.test.empty()) return prepare_judged(recipe);
  recipe.data.split.test_size = 0.0;
  recipe.data.split.validation_size = 0.0;
  recipe.data.test.clear();
  PreparedRun prepared = prepare_run(recipe);
  prepared.data.validation =
      images_that_judge(args.test, recipe, prepared.model.image);
  return prepared;
}

// Another file to judge by is another comparison.
std::string identity_of(const CompareArguments& args, const Recipe& recipe) {
  const std::string text = recipe_text(recipe);
  if (args.test.empty()) return text;
  return cat(text, "test: ", std::filesystem::absolute(args.test).string(),
             '\n');
}

void draw_conflicts(const RecordedTraining& training) {
  write_conflicts(training.folder, training.conflicts);
}

Comparison compare_recipe(const CompareArguments& args,
                          const Console& console) {
  Recipe recipe = load_recipe(args.words.front(),
                              {args.words.begin() + 1, args.words.end()});
  const std::vector<WeightingKind> weightings = weightings_in(args.weightings);
  require_no_start(recipe, "compare");
  recipe.run.dir = args.folder;
  PreparedRun prepared = prepare_comparison(args, recipe);
  for (const WeightingKind kind : weightings) {
    for (std::string& text : weighting_warnings(recipe.tasks, kind)) {
      prepared.warnings.push_back(std::move(text));
    }
  }
  fit_batch(recipe.train, prepared);
  say_findings(prepared, console);
  const InterruptGuard interrupt;
  StudyProgress progress(console);
  return compare(
      {.model = prepared.model,
       .images = prepared.data.train,
       .test = prepared.data.validation,
       .train = recipe.train},
      {.seeds = args.seeds,
       .weightings = weightings,
       .folder = args.folder,
       .identity = identity_of(args, recipe),
       .margin = args.margin,
       .observer = &progress,
       .stop = &interrupt.flag(),
       .on_training = [&](const TrainingStart& s) { progress.begin(s); },
       .on_recorded = draw_conflicts});
}

// Where the conflicts are drawn, also those of an earlier command.
std::vector<std::string> drawings_of(const Comparison& comparison) {
  std::vector<std::string> pages;
  for (const std::filesystem::path& folder : comparison.joint_folders) {
    const std::filesystem::path page = folder / "conflicts.html";
    if (std::filesystem::exists(page)) pages.push_back(page.string());
  }
  return pages;
}

std::string text_of(const Comparison& comparison) {
  std::string text = comparison_table(comparison);
  const std::vector<std::string> pages = drawings_of(comparison);
  if (!pages.empty()) text += '\n';
  for (const std::string& page : pages)
    text += cat("conflicts    ", printable(page), '\n');
  return text;
}

std::string document_of(const Comparison& comparison) {
  Json document = Json::parse(comparison_json(comparison)).value();
  const std::vector<std::string> pages = drawings_of(comparison);
  if (!pages.empty()) document["conflicts"] = pages;
  return document.text(2) + '\n';
}

int run(Arguments arguments, const Console& console) {
  CompareArguments args;
  Flags flags(
      "Say whether one network does a recipe's tasks as well as one network a "
      "task, or whether a weighting of the tasks beats equal weights.",
      "compare");
  flags
      .add_option("recipe", args.words,
                  "a recipe, then key=value ... that override it; its\n"
                  "data.split holds back the images that judge")
      .required();
  flags.add_option("--seeds", args.seeds, "trainings of each network (3)");
  flags.add_option("--margin", args.margin,
                   "how much worse is still as good: points of a share, or a\n"
                   "part of an error (0.02)");
  flags.add_option("--weightings", args.weightings,
                   "compare these with equal weights, e.g. uncertainty,famo");
  flags.add_option("--test", args.test,
                   "an HDF5 file or a folder whose images judge, instead of\n"
                   "what data.split holds back");
  flags.add_option("--dir", args.folder,
                   "gets the trainings; the same command again goes on there\n"
                   "(runs/compare)");
  flags.add_flag("--json", args.json,
                 "print one JSON document instead of text");
  if (!parse_flags(flags, arguments, console)) return kOk;
  const Comparison comparison = naming_recipe(
      args.words.front(), [&] { return compare_recipe(args, console); });
  if (comparison.outcome != Outcome::finished) {
    return report_stop(comparison.outcome, comparison.message, args.folder,
                       console);
  }
  const std::string document = document_of(comparison);
  write_file_atomically({Folder(args.folder), "comparison.json"}, document);
  if (args.json) {
    print_json(console, document);
  } else {
    console.out << text_of(comparison);
  }
  return kOk;
}

}  // namespace

const Command compare_command{
    "compare", "say whether sharing one network helps the tasks", run};

}  // namespace polytask::cli
