// What a model is worth on a data set with labels.

#pragma once

#include <string>
#include <vector>

#include "polytask/data/dataset.h"
#include "polytask/metrics/evaluation.h"
#include "polytask/predict/predictor.h"

namespace polytask {

struct ModelEvaluation {
  Evaluation evaluation;
  std::vector<float> answers;  // [N, columns] of the predictor
  // Tasks of which the data has no column: they are not in the evaluation.
  std::vector<std::string> not_judged;
};

// The answers to every image, [N, columns of the predictor]. Throws Fault::data
// when its images are not of the model's size.
[[nodiscard]] std::vector<float> predict_dataset(Predictor& predictor,
                                                 const Dataset& data);

// Loss and metrics of every task, each beside its baseline and with its
// interval. The data's columns are found by the tasks' names; see columns.h.
// Of several tasks those are judged of which the data has a column.
// Throws Fault::data, naming everything that does not fit: no column of any
// task, or some of a task's columns and not the others.
[[nodiscard]] ModelEvaluation evaluate_model(
    Predictor& predictor, const Dataset& data,
    const BootstrapOptions& bootstrap = {});

}  // namespace polytask
