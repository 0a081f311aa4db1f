#include "apps/cli/answers.h"

namespace polytask::cli {

std::vector<PredictionRow> prediction_rows(
    const Predictor& predictor, const Dataset& data,
    std::span<const float> probabilities) {
  const std::size_t columns = predictor.columns().size();
  const auto labels = predictor.labels(probabilities);
  std::vector<PredictionRow> rows;
  for (std::size_t i = 0; i < labels.size(); ++i) {
    const auto row = probabilities.subspan(i * columns, columns);
    rows.push_back({.image = data.image_name(static_cast<std::int64_t>(i)),
                    .probabilities = {row.begin(), row.end()},
                    .labels = labels[i]});
  }
  return rows;
}

}  // namespace polytask::cli
