// polytask evaluate: what a model is worth on labelled images.
//
// out: the table, or evaluation.json's document with --json.

#include <ostream>

#include "apps/cli/commands.h"
#include "apps/cli/flags.h"
#include "apps/cli/held_back.h"
#include "apps/cli/image_progress.h"
#include "apps/cli/input.h"
#include "apps/cli/output.h"
#include "apps/cli/thresholds.h"
#include "polytask/base/error.h"
#include "polytask/base/text.h"
#include "polytask/base/utf8.h"
#include "polytask/checkpoint/model_file.h"
#include "polytask/data/dataset.h"
#include "polytask/data/split.h"
#include "polytask/evaluate/evaluate_model.h"
#include "polytask/evaluate/fit_images.h"
#include "polytask/recipe/recipe.h"
#include "polytask/report/evaluation_text.h"

namespace polytask::cli {
namespace {

struct EvaluateArguments {
  std::string model;
  DataOptions data;
  std::vector<std::string> thresholds;
  int threads = 0;
  bool json = false;
};

struct HeldBack {
  DatasetPtr images;
  ImagesPart part = ImagesPart::given;
};

// Of a run that began with a model: with all the columns there are, for the
// model may have tasks that the recipe does not name.
HeldBack held_back_of_all(const Recipe& recipe) {
  DataOptions data = recipe.data;
  if (!data.test.empty()) {
    data.path = data.test;
    data.table.clear();
    return {open_dataset(data), ImagesPart::test};
  }
  if (data.split.test_size <= 0.0 && data.split.validation_size <= 0.0) {
    return {};
  }
  const DatasetPtr all = open_dataset(data);
  Split split = train_test_split(all->size(), data.split);
  if (data.split.validation_size <= 0.0) {
    return {subset(all, std::move(split.test)), ImagesPart::validation};
  }
  if (split.test.empty()) {
    return {subset(all, std::move(split.validation)), ImagesPart::validation};
  }
  return {subset(all, std::move(split.test)), ImagesPart::test};
}

// Those of a run that begins with random parameters.
HeldBack held_back_of(Recipe& recipe) {
  const PreparedRun prepared = prepare_run(recipe);
  if (prepared.test) return {prepared.test, ImagesPart::test};
  return {prepared.data.validation, ImagesPart::validation};
}

// The images a run kept for a test, or else for validation.
HeldBack held_back(const std::string& run) {
  const std::filesystem::path file = std::filesystem::path(run) / "recipe.yaml";
  if (!std::filesystem::exists(file)) {
    throw Error(Fault::config,
                cat("evaluate: expected data to evaluate ", run,
                    " on, e.g. polytask evaluate ", run, " scenes.h5"));
  }
  Recipe recipe = load_recipe(file, {});
  const HeldBack part = recipe.start.from.empty() ? held_back_of(recipe)
                                                  : held_back_of_all(recipe);
  if (part.images) {
    require_same_images(run, recipe, part.images);
    return part;
  }
  throw Error(Fault::config,
              cat("evaluate: the run in ", run,
                  " kept no images for validation or a test; name the data"));
}

int run(Arguments arguments, const Console& console) {
  EvaluateArguments args;
  std::string minus_one;
  Flags flags("Say what a model is worth on labelled images.", "evaluate");
  flags.add_option("model", args.model, "a model file or a run folder")
      .required();
  flags.add_option(
      "data", args.data.path,
      "an HDF5 file or a folder of images with a table of labels;\n"
      "nothing: what the run has held back, its test part or else\n"
      "its validation part");
  flags.add_option("--images", args.data.images,
                   "name of the images in the HDF5 file (x)");
  flags.add_option("--labels", args.data.labels,
                   "name of the labels in the HDF5 file (y)");
  flags.add_option("--table", args.data.table,
                   "CSV table of file names and labels of a folder");
  flags.add_option("--threshold", args.thresholds, kThresholdHelp).one_value();
  flags
      .add_option("--minus-one", minus_one,
                  "what a label of -1 in the data is: no or missing")
      .one_of({"no", "missing"});
  flags.add_option("--threads", args.threads, "0: one per processor");
  flags.add_flag("--json", args.json,
                 "print one JSON document instead of text");
  if (!parse_flags(flags, arguments, console)) return kOk;

  if (minus_one == "no") args.data.minus_one = MinusOne::no;
  if (minus_one == "missing") args.data.minus_one = MinusOne::missing;

  Model model = load_model(model_path(args.model));
  apply_thresholds(args.thresholds, model.spec.tasks);
  Predictor predictor(std::move(model),
                      {.threads = args.threads, .batch = 100});
  const Shape& image = predictor.model().spec.image;
  args.data.image_size = {image[0], image[1]};
  const HeldBack data = args.data.path.empty()
                            ? held_back(args.model)
                            : HeldBack{open_dataset(args.data)};
  const FittedImages fitted = fit_images(data.images, predictor.model().spec);
  for (const std::string& note : fitted.notes) {
    console.err << printable_lines(note) << '\n';
  }
  ModelEvaluation found;
  {
    ImageProgress progress(console);
    found = evaluate_model(predictor, *counted(fitted.data, progress));
  }
  found.evaluation.part = data.part;
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
