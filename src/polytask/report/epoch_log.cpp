#include "polytask/report/epoch_log.h"

#include <algorithm>
#include <cmath>

#include "polytask/base/json.h"
#include "polytask/base/number_text.h"
#include "polytask/base/text.h"
#include "polytask/report/csv_field.h"
#include "polytask/report/line_file.h"

namespace polytask {
namespace {

double to_milliseconds(double seconds) {
  return std::round(seconds * 1000.0) / 1000.0;
}

Json finite_or_null(double value) {
  return std::isfinite(value) ? Json(value) : Json(nullptr);
}

Json values_json(const MetricValues& values) {
  Json object = Json::object();
  for (const auto& [name, value] : values) object[name] = finite_or_null(value);
  return object;
}

std::string json_line(const EpochReport& epoch) {
  Json object;
  object["epoch"] = epoch.epoch;
  object["seconds"] = finite_or_null(to_milliseconds(epoch.seconds));
  object["train"] = values_json(epoch.train);
  object["validation"] = values_json(epoch.validation);
  if (!epoch.weighting.empty()) {
    object["weighting"] = values_json(epoch.weighting);
  }
  return object.text() + '\n';
}

MetricValues named_values(const EpochReport& epoch) {
  MetricValues values;
  for (const auto& [name, value] : epoch.train) {
    values.emplace_back("train/" + name, value);
  }
  for (const auto& [name, value] : epoch.validation) {
    values.emplace_back("validation/" + name, value);
  }
  for (const auto& [name, value] : epoch.weighting) {
    values.emplace_back("weighting/" + name, value);
  }
  return values;
}

std::string csv_header(const std::vector<std::string>& columns) {
  std::string line = "epoch,seconds";
  for (const std::string& column : columns) line += ',' + csv_field(column);
  return line + '\n';
}

std::string csv_line(const EpochReport& epoch,
                     const std::vector<std::string>& columns) {
  std::string line =
      cat(epoch.epoch, ',', shortest_text(to_milliseconds(epoch.seconds)));
  const MetricValues values = named_values(epoch);
  for (const std::string& column : columns) {
    line += ',';
    const auto found = std::ranges::find(values, column,
                                         [](const auto& v) { return v.first; });
    if (found != values.end()) line += shortest_text(found->second);
  }
  return line + '\n';
}

// Whether there was a name that had no column yet.
bool add_columns(const EpochReport& epoch, std::vector<std::string>& columns) {
  const std::size_t before = columns.size();
  for (const auto& [name, value] : named_values(epoch)) {
    if (std::ranges::find(columns, name) == columns.end()) {
      columns.push_back(name);
    }
  }
  return columns.size() > before;
}

}  // namespace

class JsonLog::File : public LineFile {
  using LineFile::LineFile;
};

JsonLog::JsonLog(std::filesystem::path path,
                 const std::vector<EpochReport>& done) {
  std::string lines;
  for (const EpochReport& epoch : done) lines += json_line(epoch);
  file_ = std::make_unique<File>(std::move(path), lines);
}

JsonLog::~JsonLog() = default;

void JsonLog::on_epoch(const EpochReport& epoch) {
  file_->append(json_line(epoch));
}

class CsvLog::File : public LineFile {
  using LineFile::LineFile;
};

CsvLog::CsvLog(std::filesystem::path path, const std::vector<EpochReport>& done)
    : path_(std::move(path)), reports_(done) {
  for (const EpochReport& epoch : reports_) add_columns(epoch, columns_);
  rewrite();
}

CsvLog::~CsvLog() = default;

void CsvLog::on_epoch(const EpochReport& epoch) {
  reports_.push_back(epoch);
  if (add_columns(epoch, columns_)) {
    rewrite();
  } else {
    file_->append(csv_line(epoch, columns_));
  }
}

void CsvLog::rewrite() {
  std::string text = csv_header(columns_);
  for (const EpochReport& epoch : reports_) text += csv_line(epoch, columns_);
  file_ = std::make_unique<File>(path_, text);
}

}  // namespace polytask
