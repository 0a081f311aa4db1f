// What a model is worth on a data set with labels.

#pragma once

#include <vector>

#include "polytask/data/dataset.h"
#include "polytask/metrics/bootstrap.h"
#include "polytask/metrics/evaluation.h"
#include "polytask/predict/predictor.h"

namespace polytask {

struct ModelEvaluation {
  Evaluation evaluation;
  std::vector<float> probabilities;  // [N, columns] of the predictor
};

// The probabilities of every image. Throws Fault::data when its images are not
// of the model's size.
[[nodiscard]] std::vector<float> predict_dataset(Predictor& predictor,
                                                 const Dataset& data);

// Loss and metrics of every task, each beside its baseline and with its
// interval. Labels of the data are matched to the model's by name; a data set
// that names none (label_0, label_1, ...) is matched by position.
// Throws Fault::data, naming everything that does not fit.
[[nodiscard]] ModelEvaluation evaluate_model(
    Predictor& predictor, const Dataset& data,
    const BootstrapOptions& bootstrap = {});

}  // namespace polytask
