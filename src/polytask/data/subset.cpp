#include "polytask/data/dataset.h"

#include <utility>

#include "polytask/base/error.h"
#include "polytask/base/text.h"

namespace polytask {
namespace {

class Subset final : public Dataset {
 public:
  Subset(DatasetPtr data, std::vector<std::int64_t> indices)
      : data_(std::move(data)), indices_(std::move(indices)) {}

  [[nodiscard]] const DatasetSpec& spec() const override {
    return data_->spec();
  }
  [[nodiscard]] std::int64_t size() const override {
    return static_cast<std::int64_t>(indices_.size());
  }
  void read_image(std::int64_t index,
                  std::span<std::byte> image) const override {
    data_->read_image(source(index), image);
  }
  void read_targets(std::int64_t index,
                    std::span<float> targets) const override {
    data_->read_targets(source(index), targets);
  }
  [[nodiscard]] std::string image_name(std::int64_t index) const override {
    return data_->image_name(source(index));
  }

 private:
  [[nodiscard]] std::int64_t source(std::int64_t index) const {
    return indices_[static_cast<std::size_t>(index)];
  }

  DatasetPtr data_;
  std::vector<std::int64_t> indices_;
};

}  // namespace

DatasetPtr subset(DatasetPtr data, std::vector<std::int64_t> indices) {
  if (data == nullptr) {
    throw Error(Fault::shape, "subset: expected a data set, got none");
  }
  for (const std::int64_t index : indices) {
    if (index >= 0 && index < data->size()) continue;
    throw Error(Fault::shape, cat("subset: expected indices from 0 to ",
                                  data->size() - 1, ", got ", index));
  }
  return std::make_shared<Subset>(std::move(data), std::move(indices));
}

}  // namespace polytask
