// Data sets of a few pixels, for tests.

#pragma once

#include <cstring>
#include <string>
#include <utility>
#include <vector>

#include "polytask/data/array_dataset.h"

namespace polytask::test {

// Images of `spec`, whose bytes count up (uint8) or whose values are 0.25,
// 1.25, ... (float32); `targets` is [N, L].
inline DatasetPtr small_dataset(DatasetSpec spec, std::int64_t size,
                                std::vector<float> targets) {
  const std::size_t values =
      static_cast<std::size_t>(size) * spec.values_per_image();
  const auto images = allocate_images(values * size_of(spec.pixels));
  for (std::size_t i = 0; i < values; ++i) {
    const auto real = static_cast<float>(i) + 0.25f;
    if (spec.pixels == PixelType::float32) {
      std::memcpy(images.get() + i * sizeof real, &real, sizeof real);
    } else {
      images.get()[i] = static_cast<std::byte>(i);
    }
  }
  return std::make_shared<ArrayDataset>(
      ArrayContent{.spec = std::move(spec),
                   .size = size,
                   .images = images,
                   .targets = std::move(targets),
                   .source = "small",
                   .names = {}});
}

// One grey pixel an image, labels as named.
inline DatasetPtr labelled(std::vector<std::string> labels,
                           std::vector<float> targets) {
  const auto size = static_cast<std::int64_t>(targets.size() / labels.size());
  return small_dataset(
      {.height = 1, .width = 1, .channels = 1, .labels = std::move(labels)},
      size, std::move(targets));
}

inline std::vector<std::byte> image_of(const Dataset& data,
                                       std::int64_t index) {
  std::vector<std::byte> image(data.spec().bytes_per_image());
  data.read_image(index, image);
  return image;
}

inline std::vector<float> targets_of(const Dataset& data, std::int64_t index) {
  std::vector<float> targets(data.spec().labels.size());
  data.read_targets(index, targets);
  return targets;
}

}  // namespace polytask::test
