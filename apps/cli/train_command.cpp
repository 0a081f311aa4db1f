// polytask train: fit the model a recipe describes.
//
// out: the evaluation of the best model and where everything is, or one JSON
//      document with --json.
// err: Keras' progress.

#include <ostream>

#include "apps/cli/commands.h"
#include "apps/cli/flags.h"
#include "apps/cli/naming_recipe.h"
#include "apps/cli/output.h"
#include "apps/cli/run_recipe.h"
#include "polytask/base/error.h"
#include "polytask/base/json.h"
#include "polytask/base/text.h"
#include "polytask/base/utf8.h"
#include "polytask/report/document_version.h"
#include "polytask/report/evaluation_text.h"

namespace polytask::cli {
namespace {

struct TrainArguments {
  std::vector<std::string> words;  // the recipe, then key=value ...
  std::string resume;              // a run folder, or empty
  bool json = false;
};

void require_same_start(const Recipe& before, const Recipe& now) {
  if (before.start.from == now.start.from) return;
  throw Error(Fault::config,
              cat("train: a run that is resumed goes on with the model it ",
                  "began with, not with ", now.start.from.string(),
                  "; remove network.from"));
}

// Empty: none is given.
std::filesystem::path recipe_file(const TrainArguments& args) {
  if (!args.resume.empty()) {
    return std::filesystem::path(args.resume) / "recipe.yaml";
  }
  return args.words.empty() ? "" : args.words.front();
}

Recipe load(const TrainArguments& args,
            const std::vector<std::string>& overrides) {
  const std::filesystem::path file = recipe_file(args);
  return naming_recipe(file, [&] { return load_recipe(file, overrides); });
}

Recipe recipe_of(const TrainArguments& args) {
  if (!args.resume.empty()) {
    const std::filesystem::path run(args.resume);
    for (const std::string& word : args.words) {
      if (!word.starts_with("run.dir=") && !word.starts_with("run=")) continue;
      throw Error(Fault::config,
                  cat("train: a run that is resumed stays in its folder, ",
                      args.resume, "; remove ", word));
    }
    Recipe recipe = load(args, args.words);
    require_same_start(load(args, {}), recipe);
    recipe.run.dir = run;  // It may have been moved.
    return recipe;
  }
  if (args.words.empty()) {
    throw Error(Fault::config,
                "train: expected a recipe, e.g. polytask train "
                "recipes/blog.yaml data.path=scenes.h5");
  }
  return load(args, {args.words.begin() + 1, args.words.end()});
}

const char* word_for(Outcome outcome) {
  switch (outcome) {
    case Outcome::finished:
      return "finished";
    case Outcome::interrupted:
      return "interrupted";
    case Outcome::diverged:
      return "diverged";
  }
  return "";
}

void print_json(const RecipeRun& run, const Console& console) {
  Json json{{"version", kDocumentVersion},
            {"outcome", word_for(run.report.outcome)},
            {"message", run.report.message},
            {"epochs", run.report.history.size()},
            {"best_epoch", run.report.best_epoch},
            {"run", run.folder.string()},
            {"model", run.model.string()}};
  const std::filesystem::path drawing = run.folder / "conflicts.html";
  if (std::filesystem::exists(drawing)) json["conflicts"] = drawing.string();
  if (!run.evaluation.tasks.empty()) {
    json["evaluation"] = Json::parse(evaluation_json(run.evaluation)).value();
  }
  print_json(console, json.text(2) + '\n');
}

void print_text(const RecipeRun& run, const Console& console) {
  if (!run.report.message.empty() && run.report.outcome == Outcome::finished) {
    console.out << "\nThe training " << printable(run.report.message) << ".\n";
  }
  if (!run.evaluation.tasks.empty()) {
    console.out << "\nThe best model (epoch " << run.report.best_epoch << "), "
                << evaluation_table(run.evaluation);
  }
  if (run.report.best_epoch > 0) {
    console.out << "\nmodel        " << printable(run.model.string()) << '\n'
                << "everything   " << printable(run.folder.string()) << "/\n";
  }
}

int run(Arguments arguments, const Console& console) {
  TrainArguments args;
  Flags flags("Fit the model a recipe describes.", "train");
  flags.add_option("recipe", args.words,
                   "a recipe, then key=value ... that override it, e.g.\n"
                   "recipes/blog.yaml data.path=scenes.h5 train.epochs=10");
  flags.add_option("--resume", args.resume,
                   "go on with the run in this folder, bit for bit");
  flags.add_flag("--json", args.json,
                 "print one JSON document instead of text");
  if (!parse_flags(flags, arguments, console)) return kOk;
  std::vector<std::string> command{"polytask", "train"};
  command.insert(command.end(), arguments.begin(), arguments.end());
  const Recipe recipe = recipe_of(args);
  const RecipeRun done = naming_recipe(
      recipe_file(args),
      [&] {
        return run_recipe(recipe, !args.resume.empty(), command, console);
      },
      recipe.run.dir);
  if (args.json) {
    print_json(done, console);
  } else {
    print_text(done, console);
  }
  return report_outcome(done, console);
}

}  // namespace

const Command train_command{"train", "fit the model a recipe describes", run};

}  // namespace polytask::cli
