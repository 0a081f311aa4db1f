// A model's answers as rows to write.

#pragma once

#include <span>
#include <vector>

#include "polytask/data/dataset.h"
#include "polytask/predict/predictor.h"
#include "polytask/report/predictions_text.h"

namespace polytask::cli {

// One row an image of `data`.
//   probabilities   of predict_dataset(predictor, data)
[[nodiscard]] std::vector<PredictionRow> prediction_rows(
    const Predictor& predictor, const Dataset& data,
    std::span<const float> probabilities);

}  // namespace polytask::cli
