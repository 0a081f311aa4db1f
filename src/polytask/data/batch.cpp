#include "polytask/data/batch.h"

#include <cmath>

namespace polytask {

Batch::Batch(const Dataset& data, int capacity)
    : data_(data),
      pixels_(static_cast<std::size_t>(capacity) *
              data.spec().bytes_per_image()),
      targets_(static_cast<std::size_t>(capacity) * data.spec().labels.size()),
      weights_(targets_.size()) {}

void Batch::load(std::span<const std::int64_t> indices) {
  const std::size_t bytes = data_.spec().bytes_per_image();
  const std::size_t labels = data_.spec().labels.size();
  size_ = static_cast<int>(indices.size());
  for (std::size_t i = 0; i < indices.size(); ++i) {
    data_.read_image(indices[i], std::span(pixels_).subspan(i * bytes, bytes));
    data_.read_targets(indices[i],
                       std::span(targets_).subspan(i * labels, labels));
  }
  for (std::size_t i = 0; i < indices.size() * labels; ++i) {
    weights_[i] = std::isnan(targets_[i]) ? 0.0f : 1.0f;
  }
}

std::span<const std::byte> Batch::pixels() const {
  return std::span(pixels_).first(static_cast<std::size_t>(size_) *
                                  data_.spec().bytes_per_image());
}

std::span<const float> Batch::targets() const {
  return std::span(targets_).first(static_cast<std::size_t>(size_) *
                                   data_.spec().labels.size());
}

std::span<const float> Batch::weights() const {
  return std::span(weights_).first(static_cast<std::size_t>(size_) *
                                   data_.spec().labels.size());
}

}  // namespace polytask
