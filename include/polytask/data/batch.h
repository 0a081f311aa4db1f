// Some images of a data set, side by side in memory as a network reads them.

#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "polytask/data/dataset.h"

namespace polytask {

class Batch {
 public:
  // Room for `capacity` images of `data`, which must outlive the batch.
  Batch(const Dataset& data, int capacity);

  // Overwrites the batch with these images; at most the capacity. Does not
  // allocate.
  void load(std::span<const std::int64_t> indices);

  [[nodiscard]] int size() const { return size_; }
  // [size, H, W, C] in the data set's type
  [[nodiscard]] std::span<const std::byte> pixels() const;
  // [size, L]: 0, 1 or NaN (missing)
  [[nodiscard]] std::span<const float> targets() const;
  // [size, L]: 1, or 0 where the target is missing
  [[nodiscard]] std::span<const float> weights() const;

 private:
  const Dataset& data_;
  int size_ = 0;
  std::vector<std::byte> pixels_;
  std::vector<float> targets_;
  std::vector<float> weights_;
};

}  // namespace polytask
