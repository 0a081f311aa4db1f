// polytask study missing: what missing labels cost.
//
// out: the tables, or study.json's document with --json.
// err: a line per training, with an estimate of the rest.

#include <charconv>
#include <ostream>

#include "apps/cli/answers.h"
#include "apps/cli/commands.h"
#include "apps/cli/flags.h"
#include "apps/cli/interrupt.h"
#include "apps/cli/naming_recipe.h"
#include "apps/cli/output.h"
#include "apps/cli/recipe_job.h"
#include "apps/cli/study_progress.h"
#include "polytask/base/atomic_file.h"
#include "polytask/base/error.h"
#include "polytask/base/text.h"
#include "polytask/base/utf8.h"
#include "polytask/checkpoint/model_file.h"
#include "polytask/checkpoint/run_model.h"
#include "polytask/recipe/recipe.h"
#include "polytask/report/evaluation_text.h"
#include "polytask/report/html/missing_study_html.h"
#include "polytask/report/missing_study_text.h"

namespace polytask::cli {
namespace {

struct StudyArguments {
  std::vector<std::string> words;  // "missing", the recipe, then key=value ...
  std::string levels = "0,25,50,75";
  std::string policies = "ignore";
  std::string folder = "runs/study";
  int seeds = 5;
  double margin = 0.02;
  bool json = false;
};

std::vector<double> levels_in(const std::string& text) {
  std::vector<double> levels;
  for (const std::string& word : split_at_commas(text)) {
    double percent = 0.0;
    const char* end = word.data() + word.size();
    const auto [stopped, fault] = std::from_chars(word.data(), end, percent);
    if (fault != std::errc() || stopped != end) {
      throw Error(Fault::config,
                  cat("study missing: --levels: expected percents such as "
                      "0,25,50,75, got \"",
                      word, '"'));
    }
    levels.push_back(percent / 100.0);
  }
  return levels;
}

std::vector<UnknownPolicy> policies_in(const std::string& text) {
  using enum UnknownPolicy;
  std::vector<UnknownPolicy> policies;
  std::vector<std::string> names, unknown;
  for (const std::string& word : split_at_commas(text)) {
    bool found = false;
    for (const UnknownPolicy policy :
         {ignore, negative, weak_negative, pseudo_label}) {
      if (to_text(policy) != word) continue;
      policies.push_back(policy);
      found = true;
    }
    if (!found) unknown.push_back('"' + word + '"');
  }
  if (unknown.empty()) return policies;
  throw Error(Fault::config,
              cat("study missing: --policies: unknown ", join(unknown),
                  "; there are ignore, negative, weak_negative, pseudo_label"));
}

// Of each training its evaluation, the same as a report to read, and the
// answers to every test image.
void write_results(const MissingStudy& study, const DatasetPtr& test) {
  for (const MissingPoint& point : study.points) {
    for (const MissingTraining& training : point.trainings) {
      const Model model = load_model(training.folder / kModelFile);
      const Evaluation& evaluation = training.result.evaluation;
      const Folder folder(training.folder);
      write_file_atomically({folder, "evaluation.json"},
                            evaluation_json(evaluation));
      write_file_atomically({folder, "report.txt"},
                            evaluation_table(evaluation));
      write_file_atomically({folder, "predictions.csv"},
                            predictions_csv_with_truth(answers_with_truth(
                                model, test, training.result)));
    }
  }
}

int study_recipe(const StudyArguments& args, const Console& console) {
  const std::vector<double> levels = levels_in(args.levels);
  const std::vector<UnknownPolicy> policies = policies_in(args.policies);
  Recipe recipe =
      load_recipe(args.words[1], {args.words.begin() + 2, args.words.end()});
  require_no_start(recipe, "study");
  recipe.run.dir = args.folder;
  PreparedRun prepared = prepare_judged(recipe);
  fit_batch(recipe.train, prepared);
  say_findings(prepared, console);
  const InterruptGuard interrupt;
  StudyProgress progress(console);
  const MissingStudy study = study_missing(
      {.model = prepared.model,
       .images = prepared.data.train,
       .test = prepared.data.validation,
       .train = recipe.train},
      {.levels = levels,
       .policies = policies,
       .seeds = args.seeds,
       .folder = args.folder,
       .identity = recipe_text(recipe),
       .margin = args.margin,
       .observer = &progress,
       .stop = &interrupt.flag(),
       .on_training = [&](const TrainingStart& s) { progress.begin(s); }});
  if (study.outcome != Outcome::finished) {
    return report_stop(study.outcome, study.message, args.folder, console);
  }
  write_results(study, prepared.data.validation);
  const Folder folder(args.folder);
  const std::string json = missing_study_json(study);
  write_file_atomically({folder, "study.json"}, json);
  write_file_atomically({folder, "study.csv"}, missing_study_csv(study));
  write_file_atomically({folder, "study.html"}, missing_study_html(study));
  if (args.json) {
    print_json(console, json);
  } else {
    console.out << missing_study_table(study)
                << cat("\nfigures      ",
                       printable((folder.path() / "study.html").string()),
                       '\n');
  }
  return kOk;
}

int run(Arguments arguments, const Console& console) {
  StudyArguments args;
  Flags flags(
      "Measure what missing labels cost: hide shares of the answers, train "
      "with what is left, and compare on images with all of them.",
      "study");
  flags
      .add_option("missing", args.words,
                  "the word missing, a recipe, then key=value ... that\n"
                  "override it; its data.split holds back the images that\n"
                  "judge")
      .required();
  flags.add_option("--levels", args.levels,
                   "percents of the answers to hide (0,25,50,75)");
  flags.add_option("--policies", args.policies,
                   "what an unknown label is: ignore, negative,\n"
                   "weak_negative, pseudo_label (ignore)");
  flags.add_option("--seeds", args.seeds, "trainings of each (5)");
  flags.add_option("--margin", args.margin,
                   "how much worse is still as good: points of a share, or a\n"
                   "part of an error (0.02)");
  flags.add_option("--dir", args.folder,
                   "gets the trainings; the same command again goes on there\n"
                   "(runs/study)");
  flags.add_flag("--json", args.json,
                 "print one JSON document instead of text");
  if (!parse_flags(flags, arguments, console)) return kOk;
  if (args.words.size() < 2 || args.words.front() != "missing") {
    throw Error(Fault::config,
                "study: expected \"missing\" and a recipe, e.g. polytask study "
                "missing recipes/blog.yaml");
  }
  return naming_recipe(args.words[1],
                       [&] { return study_recipe(args, console); });
}

}  // namespace

const Command study_command{"study", "measure what missing labels cost", run};

}  // namespace polytask::cli
