// A data set that is held in memory, made by anyone: a reader, a generator,
// or a program that has the pixels already.

#pragma once

#include "polytask/data/dataset.h"

namespace polytask {

struct ArrayContent {
  DatasetSpec spec;
  std::int64_t size = 0;                    // N images
  std::shared_ptr<const std::byte> images;  // [N, H, W, C] in spec.pixels
  std::vector<float> targets;      // [N, L]: 0, 1 or NaN (missing); or empty
  std::string source;              // image i is named "source[i]" ...
  std::vector<std::string> names;  // ... unless it has a name here (N or none)
};

class ArrayDataset final : public Dataset {
 public:
  // Throws Fault::shape when the lengths of the parts do not fit together.
  explicit ArrayDataset(ArrayContent content);

  [[nodiscard]] const DatasetSpec& spec() const override;
  [[nodiscard]] std::int64_t size() const override;
  void read_image(std::int64_t index,
                  std::span<std::byte> image) const override;
  void read_targets(std::int64_t index,
                    std::span<float> targets) const override;
  [[nodiscard]] std::string image_name(std::int64_t index) const override;

 private:
  ArrayContent content_;
};

// Room for `bytes`, uninitialised, that frees itself: what a reader fills and
// hands to ArrayContent. Throws Fault::resource when there is no memory.
[[nodiscard]] std::shared_ptr<std::byte> allocate_images(std::size_t bytes);

}  // namespace polytask
