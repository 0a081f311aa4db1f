#include "polytask/report/predictions_text.h"

#include <cmath>
#include <nlohmann/json.hpp>

#include "polytask/base/error.h"
#include "polytask/base/text.h"
#include "polytask/report/csv_field.h"
#include "polytask/report/number_text.h"

namespace polytask {
namespace {

constexpr int kFloatDigits = 9;  // enough for any float to read back the same

std::string quoted_json(const std::string& text) {
  using nlohmann::json;
  return json(text).dump(-1, ' ', false, json::error_handler_t::replace);
}

std::string name_list(const std::vector<std::string>& names) {
  std::vector<std::string> quoted;
  quoted.reserve(names.size());
  for (const std::string& name : names) quoted.push_back(quoted_json(name));
  return cat('[', join(quoted), ']');
}

void require_columns(const PredictionRow& row, std::size_t columns) {
  if (row.probabilities.size() == columns) return;
  throw Error(
      Fault::shape,
      cat("prediction of image '", row.image, "': expected ", columns,
          " probabilities, one a column, found ", row.probabilities.size()));
}

std::string probability_object(std::span<const std::string> columns,
                               std::span<const float> probabilities) {
  std::vector<std::string> members;
  for (std::size_t c = 0; c < columns.size(); ++c) {
    const float p = probabilities[c];
    members.push_back(
        cat(quoted_json(columns[c]), ": ",
            std::isfinite(p) ? significant_text(p, kFloatDigits) : "null"));
  }
  return cat('{', join(members), '}');
}

}  // namespace

std::string predictions_names(std::span<const PredictionRow> rows) {
  std::vector<std::string> lists;
  for (const PredictionRow& row : rows) lists.push_back(name_list(row.labels));
  return cat('[', join(lists, ",\n "), "]\n");
}

std::string predictions_csv_header(std::span<const std::string> columns) {
  std::string line = "image,labels";
  for (const std::string& column : columns) {
    line += cat(',', csv_field(column));
  }
  return line + '\n';
}

std::string predictions_csv_row(const PredictionRow& row, std::size_t columns) {
  require_columns(row, columns);
  std::string line =
      cat(csv_field(row.image), ',', csv_field(join(row.labels, "|")));
  for (const float p : row.probabilities) {
    line += ',';
    if (std::isfinite(p)) line += significant_text(p, kFloatDigits);
  }
  return line + '\n';
}

std::string predictions_csv(std::span<const std::string> columns,
                            std::span<const PredictionRow> rows) {
  std::string text = predictions_csv_header(columns);
  for (const PredictionRow& row : rows) {
    text += predictions_csv_row(row, columns.size());
  }
  return text;
}

std::string predictions_json(std::span<const std::string> columns,
                             std::span<const PredictionRow> rows) {
  std::vector<std::string> objects;
  for (const PredictionRow& row : rows) {
    require_columns(row, columns.size());
    objects.push_back(cat("{\"image\": ", quoted_json(row.image),
                          ", \"labels\": ", name_list(row.labels),
                          ", \"probabilities\": ",
                          probability_object(columns, row.probabilities), '}'));
  }
  return cat("{\"predictions\": [", objects.empty() ? "" : "\n  ",
             join(objects, ",\n  "), "]}\n");
}

}  // namespace polytask
