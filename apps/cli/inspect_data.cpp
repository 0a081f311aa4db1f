#include "apps/cli/inspect_data.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "polytask/data/hdf5_reader.h"
#include "polytask/data/image/pixel_range.h"
#include "polytask/data/image_file.h"

namespace polytask::cli {
namespace {

// What is in a column of answers: labels (-1 is a missing one), numbers of
// classes that have names, or numbers.
class ColumnCounts {
 public:
  explicit ColumnCounts(const ColumnClasses* named) : named_(named) {
    if (named != nullptr) classes_.resize(named->names.size());
  }

  void add(float value) {
    if (std::isnan(value)) return;
    ++there_;
    if (value < 0.0f) ++negative_;
    if (value == 1.0f) ++positive_;
    labels_ = labels_ && (value == -1.0f || value == 0.0f || value == 1.0f);
    least_ = std::min(least_, value);
    largest_ = std::max(largest_, value);
    sum_ += double{value};
    const bool is_class = value >= 0.0f && value == std::floor(value) &&
                          value < static_cast<float>(classes_.size());
    if (is_class) ++classes_[static_cast<std::size_t>(value)];
  }

  [[nodiscard]] Json describe(std::int64_t images) const {
    const bool negative_is_missing = labels_ || named_ != nullptr;
    const std::int64_t observed =
        negative_is_missing ? there_ - negative_ : there_;
    Json json{{"observed", observed}, {"missing", images - observed}};
    if (named_ != nullptr) {
      for (std::size_t c = 0; c < classes_.size(); ++c) {
        json["classes"][named_->names[c]] = classes_[c];
      }
    } else if (labels_) {
      json["positive"] = positive_;
    } else {
      json["least"] = least_;
      json["largest"] = largest_;
      json["mean"] = sum_ / static_cast<double>(observed);
    }
    return json;
  }

 private:
  const ColumnClasses* named_;
  std::vector<std::int64_t> classes_;
  std::int64_t there_ = 0;
  std::int64_t negative_ = 0;
  std::int64_t positive_ = 0;
  bool labels_ = true;
  float least_ = std::numeric_limits<float>::max();
  float largest_ = std::numeric_limits<float>::lowest();
  double sum_ = 0.0;
};

std::vector<ColumnCounts> count(const Dataset& data) {
  const DatasetSpec& spec = data.spec();
  std::vector<ColumnCounts> columns;
  for (const std::string& name : spec.labels) {
    const auto named =
        std::ranges::find(spec.classes, name, &ColumnClasses::column);
    columns.emplace_back(named == spec.classes.end() ? nullptr : &*named);
  }
  std::vector<float> row(spec.labels.size());
  for (std::int64_t i = 0; i < data.size(); ++i) {
    data.read_targets(i, row);
    for (std::size_t c = 0; c < row.size(); ++c) columns[c].add(row[c]);
  }
  return columns;
}

const char* words_for(int orientation) {
  switch (orientation) {
    case 1:
      return "upright";
    case 3:
      return "turned by 180 degrees";
    case 6:
      return "turned by 90 degrees counter-clockwise";
    case 8:
      return "turned by 90 degrees clockwise";
    case 5:
    case 7:
      return "mirrored and turned by 90 degrees";
    default:
      return "mirrored";
  }
}

}  // namespace

Json inspect_data(const std::filesystem::path& path) {
  const DatasetPtr data =
      read_hdf5(path, {.values = CellValues::numbers, .require_labels = false});
  const DatasetSpec& spec = data->spec();
  Json json{{"file", path.string()},
            {"kind", "data"},
            {"images", data->size()},
            {"image", {spec.height, spec.width, spec.channels}},
            {"pixels", spec.pixels == PixelType::uint8 ? "uint8" : "float32"}};
  if (const auto range = pixel_range(*data)) {
    json["pixel_range"] = {range->least, range->largest};
    if (range->holds_bytes()) json["scale"] = "1/255";
  }
  json["labels"] = Json::object();
  const std::vector<ColumnCounts> columns = count(*data);
  for (std::size_t c = 0; c < columns.size(); ++c) {
    json["labels"].append(spec.labels[c], columns[c].describe(data->size()));
  }
  return json;
}

Json inspect_image(const std::filesystem::path& path) {
  const ImageInfo info = describe_image_file(path);
  const bool turned = info.orientation >= 5;
  return {{"file", path.string()},
          {"kind", "image"},
          {"format", info.format},
          {"height", turned ? info.width : info.height},
          {"width", turned ? info.height : info.width},
          {"colours", info.colors},
          {"bits", info.bits},
          {"orientation", info.orientation},
          {"stored", words_for(info.orientation)}};
}

}  // namespace polytask::cli
