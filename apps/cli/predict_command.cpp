// polytask predict: answer images.
//
// out: label names an image as the post prints them (--format names), a table
//      (--format csv), or one JSON document (--json).
// err: what could not be read; everything else is answered all the same.

#include <algorithm>
#include <ostream>
#include <utility>

#include "apps/cli/answers.h"
#include "apps/cli/commands.h"
#include "apps/cli/flags.h"
#include "apps/cli/input.h"
#include "apps/cli/output.h"
#include "polytask/base/error.h"
#include "polytask/base/text.h"
#include "polytask/base/utf8.h"
#include "polytask/checkpoint/model_file.h"
#include "polytask/data/hdf5_reader.h"
#include "polytask/data/image_list.h"
#include "polytask/evaluate/evaluate_model.h"
#include "polytask/report/predictions_text.h"

namespace polytask::cli {
namespace {

struct PredictArguments {
  std::string model;
  std::vector<std::string> inputs;
  std::string images = "x";
  std::string format = "names";
  int threads = 0;
  bool json = false;
};

struct Inputs {
  std::vector<DatasetPtr> datasets;  // in the order of the command line
  std::vector<std::string> unreadable;
};

// Neighbouring images and folders become one data set.
Inputs open_inputs(const PredictArguments& args, const Shape& image) {
  Inputs inputs;
  std::vector<std::filesystem::path> files;
  const auto flush = [&] {
    if (files.empty()) return;
    ImageList list = read_image_list({.inputs = std::exchange(files, {}),
                                      .height = image[0],
                                      .width = image[1],
                                      .threads = args.threads});
    if (list.images && list.images->size() > 0) {
      inputs.datasets.push_back(std::move(list.images));
    }
    for (std::string& problem : list.unreadable) {
      inputs.unreadable.push_back(std::move(problem));
    }
  };
  for (const std::string& input : args.inputs) {
    if (std::filesystem::is_regular_file(input) && is_hdf5(input)) {
      flush();
      inputs.datasets.push_back(
          read_hdf5(input, {.images = args.images, .require_labels = false}));
    } else {
      files.emplace_back(input);
    }
  }
  flush();
  return inputs;
}

// When nothing could be answered.
ExitCode failure_code(const PredictArguments& args) {
  const bool all_there = std::ranges::all_of(args.inputs, [](const auto& path) {
    return std::filesystem::exists(path);
  });
  return all_there ? kBadData : kIo;
}

int run(Arguments arguments, const Console& console) {
  PredictArguments args;
  CLI::App app("Answer images.", "predict");
  app.add_option("model", args.model, "a model file or a run folder")
      ->required();
  app.add_option("input", args.inputs,
                 "HDF5 files, JPEG and PNG files, folders of them")
      ->required();
  app.add_option("--format", args.format,
                 "names: label names an image; csv: a table with probabilities")
      ->check(CLI::IsMember({"names", "csv", "json"}));
  app.add_option("--images", args.images,
                 "name of the images in HDF5 files (x)");
  app.add_option("--threads", args.threads, "0: one a processor");
  app.add_flag("--json", args.json, "the same as --format json");
  if (!parse_flags(app, arguments, console)) return kOk;

  Model model = load_model(model_path(args.model));
  const Inputs inputs = open_inputs(args, model.spec.image);
  std::int64_t images = 0;
  for (const DatasetPtr& data : inputs.datasets) images += data->size();
  const int batch = static_cast<int>(std::clamp<std::int64_t>(images, 1, 100));
  Predictor predictor(std::move(model),
                      {.threads = args.threads, .batch = batch});
  std::vector<PredictionRow> rows;
  for (const DatasetPtr& data : inputs.datasets) {
    for (PredictionRow& row :
         prediction_rows(predictor, *data, predict_dataset(predictor, *data))) {
      rows.push_back(std::move(row));
    }
  }
  for (const std::string& problem : inputs.unreadable) {
    console.err << "polytask: " << printable_lines(problem) << '\n';
  }
  if (rows.empty() && !inputs.unreadable.empty()) return failure_code(args);
  if (args.json || args.format == "json") {
    print_json(console, predictions_json(predictor.columns(), rows));
  } else if (args.format == "csv") {
    print_csv(console, predictions_csv(predictor.columns(), rows));
  } else {
    print_json(console, predictions_names(rows));
  }
  return inputs.unreadable.empty() ? kOk : kBadData;
}

}  // namespace

const Command predict_command{"predict", "answer images", run};

}  // namespace polytask::cli
