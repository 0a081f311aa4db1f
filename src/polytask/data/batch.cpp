#include "polytask/data/batch.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "polytask/base/error.h"
#include "polytask/base/text.h"

namespace polytask {

Batch::Batch(const Dataset& data, int capacity, std::vector<int> groups)
    : data_(data),
      capacity_(capacity),
      pixels_(static_cast<std::size_t>(capacity) *
              data.spec().bytes_per_image()),
      row_(data.spec().labels.size()) {
  if (groups.empty()) groups.push_back(static_cast<int>(row_.size()));
  std::size_t sum = 0;
  for (const int group : groups) {
    const auto columns = static_cast<std::size_t>(group);
    const std::size_t count = static_cast<std::size_t>(capacity) * columns;
    groups_.push_back({.columns = columns,
                       .targets = std::vector<float>(count),
                       .weights = std::vector<float>(count),
                       .loss_weights = std::vector<float>(count)});
    sum += columns;
  }
  if (sum == row_.size()) return;
  throw Error(Fault::shape, cat("batch: expected groups of ", row_.size(),
                                " columns together, got ", sum));
}

void Batch::load(std::span<const std::int64_t> indices) {
  const std::size_t bytes = data_.spec().bytes_per_image();
  size_ = static_cast<int>(indices.size());
  for (std::size_t i = 0; i < indices.size(); ++i) {
    data_.read_image(indices[i], std::span(pixels_).subspan(i * bytes, bytes));
    data_.read_targets(indices[i], row_);
    std::size_t column = 0;
    for (Group& group : groups_) {
      for (std::size_t c = 0; c < group.columns; ++c) {
        const float target = row_[column++];
        const float weight = std::isnan(target) ? 0.0f : 1.0f;
        group.targets[i * group.columns + c] = target;
        group.weights[i * group.columns + c] = weight;
        group.loss_weights[i * group.columns + c] = weight;
      }
    }
  }
}

void Batch::assume_zero(std::size_t group, float loss_weight) {
  Group& g = groups_[group];
  const std::size_t count = static_cast<std::size_t>(size_) * g.columns;
  for (std::size_t i = 0; i < count; ++i) {
    if (g.weights[i] != 0.0f) continue;
    g.targets[i] = 0.0f;
    g.loss_weights[i] = loss_weight;
  }
}

std::span<const std::byte> Batch::pixels() const {
  return std::span(pixels_).first(static_cast<std::size_t>(size_) *
                                  data_.spec().bytes_per_image());
}

std::span<const float> Batch::targets(std::size_t group) const {
  const Group& g = groups_[group];
  return std::span(g.targets).first(static_cast<std::size_t>(size_) *
                                    g.columns);
}

std::span<float> Batch::targets(std::size_t group) {
  Group& g = groups_[group];
  return std::span(g.targets).first(static_cast<std::size_t>(size_) *
                                    g.columns);
}

std::span<const float> Batch::weights(std::size_t group) const {
  const Group& g = groups_[group];
  return std::span(g.weights).first(static_cast<std::size_t>(size_) *
                                    g.columns);
}

std::span<const float> Batch::loss_weights(std::size_t group) const {
  const Group& g = groups_[group];
  return std::span(g.loss_weights)
      .first(static_cast<std::size_t>(size_) * g.columns);
}

bool for_each_batch(
    Batch& batch,
    FunctionRef<bool(std::span<const std::int64_t> images)> visit) {
  const std::int64_t size = batch.data().size();
  const std::int64_t capacity = batch.capacity();
  std::vector<std::int64_t> images;
  for (std::int64_t first = 0; first < size; first += capacity) {
    images.resize(static_cast<std::size_t>(std::min(capacity, size - first)));
    std::iota(images.begin(), images.end(), first);
    batch.load(images);
    if (!visit(images)) return false;
  }
  return true;
}

}  // namespace polytask
