// polytask predict: answer images.
//
// out: a line per image (--format lines), label names as the post prints them
//      (names), a table (csv), or one JSON document (--json).
// err: what could not be read, and what folders hold besides images.

#include <algorithm>
#include <ostream>

#include "apps/cli/answers.h"
#include "apps/cli/commands.h"
#include "apps/cli/flags.h"
#include "apps/cli/input.h"
#include "apps/cli/output.h"
#include "apps/cli/prediction_inputs.h"
#include "apps/cli/thresholds.h"
#include "polytask/base/text.h"
#include "polytask/base/utf8.h"
#include "polytask/checkpoint/model_file.h"

namespace polytask::cli {
namespace {

struct PredictArguments {
  std::string model;
  std::vector<std::string> inputs;
  std::string images = "x";
  std::string format = "lines";
  std::vector<std::string> thresholds;
  int threads = 0;
  bool json = false;
};

void print(const Predictions& predictions, const PredictArguments& args,
           const Console& console) {
  if (args.json || args.format == "json") {
    print_json(console, predictions_json(predictions));
  } else if (args.format == "csv") {
    print_csv(console, predictions_csv(predictions));
  } else if (args.format == "names") {
    print_json(console, predictions_names(predictions));
  } else {
    console.out << predictions_lines(predictions);
  }
}

// Says what was not answered and why.
ExitCode report(const Predictions& predictions, const PredictionInputs& inputs,
                const Console& console) {
  std::int64_t failed = 0;
  for (const std::string& problem : inputs.problems) {
    console.err << "polytask: " << printable_lines(problem) << '\n';
  }
  for (const PredictionRow& row : predictions.rows) {
    if (!row.answers.empty()) continue;
    ++failed;
    console.err << "polytask: " << printable(row.image) << ": "
                << printable_lines(row.error) << '\n';
  }
  if (!inputs.left_out.empty())
    console.err << printable(inputs.left_out) << '\n';
  if (failed == 0 && inputs.problems.empty()) return kOk;
  const auto rows = static_cast<std::int64_t>(predictions.rows.size());
  return failed == rows && !inputs.all_there ? kIo : kBadData;
}

// No larger than it needs to be: a single image is answered soonest.
int batch_for(const std::vector<PredictionInput>& inputs) {
  constexpr std::size_t kMost = 100;
  const bool files =
      std::ranges::none_of(inputs, [](const auto& i) { return i.is_hdf5; });
  return static_cast<int>(
      files ? std::clamp(inputs.size(), std::size_t{1}, kMost) : kMost);
}

int run(Arguments arguments, const Console& console) {
  PredictArguments args;
  Flags flags("Answer images.", "predict");
  flags.add_option("model", args.model, "a model file or a run folder")
      .required();
  flags
      .add_option("input", args.inputs,
                  "HDF5 files, JPEG and PNG files, folders of them")
      .required();
  flags
      .add_option(
          "--format", args.format,
          "lines: a line per image; names: lists of label names; csv: a\n"
          "table with probabilities; json: all of it (lines)")
      .one_of({"lines", "names", "csv", "json"});
  flags.add_option("--images", args.images,
                   "name of the images in HDF5 files (x)");
  flags.add_option("--threshold", args.thresholds, kThresholdHelp).one_value();
  flags.add_option("--threads", args.threads, "0: one per processor");
  flags.add_flag("--json", args.json, "the same as --format json");
  if (!parse_flags(flags, arguments, console)) return kOk;

  Model model = load_model(model_path(args.model));
  apply_thresholds(args.thresholds, model.spec.tasks);
  const PredictionInputs inputs = find_inputs(args.inputs);
  Predictor predictor(std::move(model), {.threads = args.threads,
                                         .batch = batch_for(inputs.inputs)});
  AnsweredInputs answered;
  {
    ImageProgress progress(console);
    answered = answer_inputs(predictor, inputs.inputs,
                             {.images = args.images, .threads = args.threads},
                             progress);
  }
  for (const std::string& note : answered.notes) {
    console.err << printable_lines(note) << '\n';
  }
  print(answered.predictions, args, console);
  return report(answered.predictions, inputs, console);
}

}  // namespace

const Command predict_command{"predict", "answer images", run};

}  // namespace polytask::cli
