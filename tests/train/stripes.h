// Images that a tiny network learns in a few epochs, and such networks.

#pragma once

#include <algorithm>
#include <cstring>
#include <limits>
#include <random>
#include <string>
#include <vector>

#include "polytask/base/crc32c.h"
#include "polytask/data/array_dataset.h"
#include "polytask/model/model.h"

namespace polytask::test {

struct StripesOptions {
  int size = 16;
  unsigned seed = 1;
  PixelType pixels = PixelType::uint8;
  std::vector<std::string> labels = {"rows", "columns", "red"};
  std::vector<std::int64_t> unlabelled = {};  // images without any label
};

inline constexpr int kSide = 10;  // pixels

// Noise with stripes along the rows (label 0, in green), along the columns
// (label 1, in blue), and a red tint (label 2), each in about half the images.
inline DatasetPtr stripes(const StripesOptions& options = {}) {
  std::mt19937 random(options.seed);
  const auto below = [&](unsigned n) { return static_cast<int>(random() % n); };
  const auto count = static_cast<std::size_t>(options.size);
  constexpr std::size_t kValues = std::size_t{kSide} * kSide * 3;
  const auto images =
      allocate_images(count * kValues * size_of(options.pixels));
  std::vector<float> targets;
  for (std::size_t n = 0; n < count; ++n) {
    const int answers[] = {below(2), below(2), below(2)};
    for (std::size_t v = 0; v < kValues; ++v) {
      const auto y = static_cast<int>(v) / 3 / kSide;
      const auto x = static_cast<int>(v) / 3 % kSide;
      const auto channel = static_cast<int>(v) % 3;
      int value = below(60);
      if (channel == 1 && answers[0] == 1 && y % 2 == 0) value += 180;
      if (channel == 2 && answers[1] == 1 && x % 2 == 0) value += 180;
      if (channel == 0 && answers[2] == 1) value += 120;
      const std::size_t at = n * kValues + v;
      const float real = static_cast<float>(value) / 255.0f;
      if (options.pixels == PixelType::float32) {
        std::memcpy(images.get() + at * sizeof real, &real, sizeof real);
      } else {
        images.get()[at] = static_cast<std::byte>(value);
      }
    }
    const bool known = std::ranges::count(options.unlabelled,
                                          static_cast<std::int64_t>(n)) == 0;
    for (std::size_t l = 0; l < options.labels.size(); ++l) {
      targets.push_back(known ? static_cast<float>(answers[l])
                              : std::numeric_limits<float>::quiet_NaN());
    }
  }
  return std::make_shared<ArrayDataset>(
      ArrayContent{.spec = {.height = kSide,
                            .width = kSide,
                            .channels = 3,
                            .pixels = options.pixels,
                            .labels = options.labels},
                   .size = options.size,
                   .images = images,
                   .targets = std::move(targets),
                   .source = "stripes",
                   .names = {}});
}

inline NetworkOptions plain_network() {
  return {.trunk = {Conv2D{.filters = 6, .activation = Activation::relu},
                    MaxPooling2D{}, Flatten{},
                    Dense{.units = 12, .activation = Activation::relu}}};
}

inline NetworkOptions dropout_network() {
  return {.trunk = {Conv2D{.filters = 6, .activation = Activation::relu},
                    MaxPooling2D{}, Dropout{.rate = 0.25}, Flatten{},
                    Dense{.units = 12, .activation = Activation::relu},
                    Dropout{.rate = 0.5}}};
}

// A fresh model for data of stripes().
inline Model model_for(const DatasetPtr& data, const NetworkOptions& network,
                       std::uint64_t seed = 1) {
  return make_model({.image = {kSide, kSide, 3},
                     .network = network,
                     .tasks = {multilabel("scene", data->spec().labels)}},
                    seed);
}

inline std::uint32_t bits_of(const Model& model) {
  return crc32c(std::as_bytes(model.parameters.flat()));
}

inline std::vector<float> values_of(const Model& model) {
  return {model.parameters.flat().begin(), model.parameters.flat().end()};
}

}  // namespace polytask::test
