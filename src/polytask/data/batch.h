// Some images of a data set, side by side in memory as a network reads them.

#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "polytask/base/function_ref.h"
#include "polytask/data/dataset.h"

namespace polytask {

// How many images are computed at a time where it decides the speed alone.
inline constexpr int kImagesAtATime = 100;

class Batch {
 public:
  // Room for `capacity` images of `data`, which must outlive the batch.
  //   groups   columns that belong together, in order: {4, 1} keeps the first
  //            four columns and the fifth apart; empty: all are one group
  // Throws Fault::shape when the groups do not add up to the columns.
  Batch(const Dataset& data, int capacity, std::vector<int> groups = {});

  // Overwrites the batch with these images; at most the capacity. Does not
  // allocate.
  void load(std::span<const std::int64_t> indices);

  // Takes what is missing in this group as 0, with this weight in the loss:
  // assumed negative, for a group of labels. Holds until the next load.
  void assume_zero(std::size_t group, float loss_weight);

  [[nodiscard]] int capacity() const { return capacity_; }
  [[nodiscard]] const Dataset& data() const { return data_; }
  [[nodiscard]] int size() const { return size_; }
  // [size, H, W, C] in the data set's type
  [[nodiscard]] std::span<const std::byte> pixels() const;
  // [size, columns of the group]; NaN is missing
  [[nodiscard]] std::span<const float> targets(std::size_t group = 0) const;
  [[nodiscard]] std::span<float> targets(std::size_t group = 0);
  // [size, columns of the group]: 1, or 0 where the target is missing
  [[nodiscard]] std::span<const float> weights(std::size_t group = 0) const;
  // The same for losses: what is assumed has the weight it was given.
  [[nodiscard]] std::span<const float> loss_weights(
      std::size_t group = 0) const;

 private:
  struct Group {
    std::size_t columns = 0;
    std::vector<float> targets;
    std::vector<float> weights;
    std::vector<float> loss_weights;
  };

  const Dataset& data_;
  int capacity_ = 0;
  int size_ = 0;
  std::vector<std::byte> pixels_;
  std::vector<float> row_;  // all columns of one image
  std::vector<Group> groups_;
};

// Loads the batch with the images of its data set from the first to the last,
// as many at a time as it holds, and calls `visit` each time. Returns whether
// it came to the end: it stops where `visit` says false.
//   images   the indices of those in the batch
bool for_each_batch(
    Batch& batch,
    FunctionRef<bool(std::span<const std::int64_t> images)> visit);

}  // namespace polytask
