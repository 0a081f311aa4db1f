// Predictions as text, in the three formats of `polytask predict`.

#pragma once

#include <span>
#include <string>
#include <vector>

namespace polytask {

// The answer to one image.
struct PredictionRow {
  std::string image{};                 // name or row number in its file
  std::vector<float> probabilities{};  // [columns]
  std::vector<std::string> labels{};   // those answered "yes"
};

// The post's answer, valid JSON with a line an image, ending in a newline:
//   [["sea", "sunset"],
//    ["sea"]]
[[nodiscard]] std::string predictions_names(
    std::span<const PredictionRow> rows);

// `image,labels,` and the columns: names of the labels, "task/label" where
// there are several tasks. Fields are quoted as in RFC 4180 where they must be;
// lines end in a newline alone.
[[nodiscard]] std::string predictions_csv_header(
    std::span<const std::string> columns);

// One line: image, labels joined by '|', probabilities in nine significant
// digits (they read back to the same float); a non-finite one is empty.
// Throws Fault::shape when `columns` is not the number of probabilities.
[[nodiscard]] std::string predictions_csv_row(const PredictionRow& row,
                                              std::size_t columns);

// Header and rows. Throws as predictions_csv_row.
[[nodiscard]] std::string predictions_csv(std::span<const std::string> columns,
                                          std::span<const PredictionRow> rows);

// {"predictions": [{"image": ..., "labels": [...], "probabilities": {COLUMN:
// value}}]} with a line an image, ending in a newline; a non-finite probability
// is null. Throws as predictions_csv_row.
[[nodiscard]] std::string predictions_json(std::span<const std::string> columns,
                                           std::span<const PredictionRow> rows);

}  // namespace polytask
