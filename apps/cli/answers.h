// A model's answers as rows to write.

#pragma once

#include <span>

#include "apps/cli/image_progress.h"
#include "apps/cli/prediction_inputs.h"
#include "polytask/data/dataset.h"
#include "polytask/evaluate/evaluate_model.h"
#include "polytask/predict/predictor.h"
#include "polytask/report/predictions_text.h"

namespace polytask::cli {

// One row per image of `data`, with its truth, which is missing of tasks that
// were not judged.
//   found   of evaluate_model(predictor, *data)
[[nodiscard]] Predictions answers_with_truth(const Model& model,
                                             const DatasetPtr& data,
                                             const ModelEvaluation& found);

struct AnswerOptions {
  std::string images = "x";  // name of the images in HDF5 files
  int threads = 0;           // that decode
};

struct AnsweredInputs {
  Predictions predictions;
  // What was done to pixels that are not as the model takes them.
  std::vector<std::string> notes;
};

// One row per image of the inputs, in their order; what cannot be read keeps
// its row, a whole HDF5 file has one then. At most 256 image files are in
// memory at a time. Throws Fault::resource when there is not enough memory.
[[nodiscard]] AnsweredInputs answer_inputs(
    Predictor& predictor, std::span<const PredictionInput> inputs,
    const AnswerOptions& options, ImageProgress& progress);

}  // namespace polytask::cli
