// polytask evaluate: what a model is worth on labelled images.
//
// out: the table, or evaluation.json's document with --json.

#include <ostream>

#include "apps/cli/commands.h"
#include "apps/cli/flags.h"
#include "apps/cli/held_back.h"
#include "apps/cli/input.h"
#include "apps/cli/output.h"
#include "apps/cli/thresholds.h"
#include "polytask/base/error.h"
#include "polytask/base/text.h"
#include "polytask/base/utf8.h"
#include "polytask/checkpoint/model_file.h"
#include "polytask/data/split.h"
#include "polytask/data/subset.h"
#include "polytask/evaluate/evaluate_model.h"
#include "polytask/evaluate/fit_images.h"
#include "polytask/report/evaluation_text.h"
#include "polytask/train/recipe.h"

namespace polytask::cli {
namespace {

struct EvaluateArguments {
  std::string model;
  DataOptions data;
  std::vector<std::string> thresholds;
  int threads = 0;
  bool json = false;
};

// Of a run that began with a model: with all the columns there are, for the
// model may have tasks that the recipe does not name.
DatasetPtr validation_part_of_all(const Recipe& recipe) {
  if (recipe.data.split.test_size <= 0.0) return nullptr;
  const DatasetPtr all = open_dataset(recipe.data);
  return subset(all, train_test_split(all->size(), recipe.data.split).test);
}

// The images a run kept for validation.
DatasetPtr validation_part(const std::string& run) {
  const std::filesystem::path file = std::filesystem::path(run) / "recipe.yaml";
  if (!std::filesystem::exists(file)) {
    throw Error(Fault::config,
                cat("evaluate: expected data to evaluate ", run,
                    " on, e.g. polytask evaluate ", run, " scenes.h5"));
  }
  Recipe recipe = load_recipe(file, {});
  const DatasetPtr part = recipe.start.from.empty()
                              ? prepare_run(recipe).data.validation
                              : validation_part_of_all(recipe);
  if (part) {
    require_same_images(run, recipe, part);
    return part;
  }
  throw Error(Fault::config,
              cat("evaluate: the run in ", run,
                  " kept no images for validation; name the data"));
}

int run(Arguments arguments, const Console& console) {
  EvaluateArguments args;
  std::string minus_one;
  CLI::App app("Say what a model is worth on labelled images.", "evaluate");
  app.add_option("model", args.model, "a model file or a run folder")
      ->required();
  app.add_option("data", args.data.path,
                 "an HDF5 file or a folder of images with a table of labels;\n"
                 "nothing: the validation part of the run");
  app.add_option("--images", args.data.images,
                 "name of the images in the HDF5 file (x)");
  app.add_option("--labels", args.data.labels,
                 "name of the labels in the HDF5 file (y)");
  app.add_option("--table", args.data.table,
                 "CSV table of file names and labels of a folder");
  app.add_option("--threshold", args.thresholds, kThresholdHelp)
      ->allow_extra_args(false);
  app.add_option("--minus-one", minus_one,
                 "what a label of -1 in the data is: no or missing")
      ->check(CLI::IsMember({"no", "missing"}));
  app.add_option("--threads", args.threads, "0: one a processor");
  app.add_flag("--json", args.json, "print one JSON document instead of text");
  if (!parse_flags(app, arguments, console)) return kOk;

  if (minus_one == "no") args.data.minus_one = MinusOne::no;
  if (minus_one == "missing") args.data.minus_one = MinusOne::missing;

  Model model = load_model(model_path(args.model));
  apply_thresholds(args.thresholds, model.spec.tasks);
  Predictor predictor(std::move(model),
                      {.threads = args.threads, .batch = 100});
  const Shape& image = predictor.model().spec.image;
  args.data.image_size = {image[0], image[1]};
  const DatasetPtr data = args.data.path.empty() ? validation_part(args.model)
                                                 : open_dataset(args.data);
  const FittedImages fitted = fit_images(data, predictor.model().spec);
  for (const std::string& note : fitted.notes) {
    console.err << printable_lines(note) << '\n';
  }
  const ModelEvaluation found = evaluate_model(predictor, *fitted.data);
  if (!found.not_judged.empty()) {
    console.err << "not judged, there are no columns for them: "
                << printable(join(found.not_judged)) << '\n';
  }
  const Evaluation& evaluation = found.evaluation;
  if (args.json) {
    print_json(console, evaluation_json(evaluation));
  } else {
    console.out << evaluation_table(evaluation);
  }
  return kOk;
}

}  // namespace

const Command evaluate_command{
    "evaluate", "say what a model is worth on labelled images", run};

}  // namespace polytask::cli
