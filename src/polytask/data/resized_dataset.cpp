#include "polytask/data/resized_dataset.h"

#include <utility>
#include <vector>

#include "polytask/data/image/resize_axis.h"
#include "polytask/data/resize.h"

namespace polytask {
namespace {

class ResizedDataset final : public Dataset {
 public:
  ResizedDataset(DatasetPtr data, int height, int width)
      : data_(std::move(data)),
        spec_(data_->spec()),
        rows_(make_resize_axis(spec_.width, width)),
        columns_(make_resize_axis(spec_.height, height)) {
    spec_.height = height;
    spec_.width = width;
  }

  [[nodiscard]] const DatasetSpec& spec() const override { return spec_; }
  [[nodiscard]] std::int64_t size() const override { return data_->size(); }
  void read_image(std::int64_t index,
                  std::span<std::byte> image) const override {
    std::vector<std::byte> whole(data_->spec().bytes_per_image());
    data_->read_image(index, whole);
    if (spec_.pixels == PixelType::uint8) {
      resize<std::uint8_t>(whole, image);
    } else {
      resize<float>(whole, image);
    }
  }
  void read_targets(std::int64_t index,
                    std::span<float> targets) const override {
    data_->read_targets(index, targets);
  }
  [[nodiscard]] std::string image_name(std::int64_t index) const override {
    return data_->image_name(index);
  }

 private:
  // Along an axis whose length stays, the weights are 1: the values stay too.
  template <class Value>
  void resize(const std::vector<std::byte>& from,
              std::span<std::byte> to) const {
    const auto channels = static_cast<std::size_t>(spec_.channels);
    const std::size_t row = static_cast<std::size_t>(spec_.width) * channels;
    const DatasetSpec& source = data_->spec();
    const std::size_t source_row =
        static_cast<std::size_t>(source.width) * channels;
    const auto* values = reinterpret_cast<const Value*>(from.data());
    std::vector<Value> rows(static_cast<std::size_t>(source.height) * row);
    for (std::size_t y = 0; y < static_cast<std::size_t>(source.height); ++y) {
      resize_row(rows_, spec_.channels, values + y * source_row,
                 rows.data() + y * row);
    }
    std::vector<Value> result(spec_.values_per_image());
    resize_columns(columns_, row, rows.data(), result.data());
    std::ranges::copy(std::as_bytes(std::span(result)), to.begin());
  }

  DatasetPtr data_;
  DatasetSpec spec_;
  ResizeAxis rows_;
  ResizeAxis columns_;
};

}  // namespace

DatasetPtr resized(DatasetPtr data, int height, int width) {
  const DatasetSpec& spec = data->spec();
  if (spec.height == height && spec.width == width) return data;
  require_resize({spec.height, spec.width}, {height, width});
  return std::make_shared<ResizedDataset>(std::move(data), height, width);
}

}  // namespace polytask
