// What every peer of a comparison works on: the post's network, 2000 images and
// the weights before the first step, as files any language can read.
//
//   images.u8           [N, 100, 100, 3]
//   targets.f32         [N, 5], 0 or 1
//   weights.f32         the arrays of the network one after the other, in the
//                       order and the shapes of Keras' get_weights()
//   model.safetensors   the same weights as a polytask model
//
// Numbers are little-endian and row-major. The last fifth of the images is for
// validation.

#pragma once

#include <cstdint>
#include <filesystem>
#include <vector>

#include "polytask/data/dataset.h"
#include "polytask/model/model.h"
#include "polytask/tensor/parameter_store.h"

namespace polytask::benchmark {

inline constexpr int kBatch = 100;
inline constexpr int kLabels = 5;

struct PostData {
  std::int64_t count = 0;
  std::shared_ptr<const std::byte> images;
  std::vector<float> targets;
  DatasetPtr train;       // the first four fifths
  DatasetPtr validation;  // the rest

  // Image `index`, and all that follow.
  [[nodiscard]] const std::byte* image(std::int64_t index) const;
};

[[nodiscard]] ModelSpec post_model();

// Draws `count` natural scenes and random weights, and writes the four files.
// Throws Fault::io when that fails.
void write_post_data(const std::filesystem::path& folder, std::int64_t count);

// Throws Fault::io when a file is missing, Fault::data when the lengths of two
// files do not fit together.
[[nodiscard]] PostData read_post_data(const std::filesystem::path& folder);

// The first `count` images and nothing else: what a first prediction needs.
// Throws Fault::io when there are fewer.
[[nodiscard]] std::vector<std::byte> read_first_images(
    const std::filesystem::path& folder, int count);

// The arrays of `values` one after the other, as in weights.f32.
void write_arrays(const std::filesystem::path& path,
                  const ParameterStore& values);

}  // namespace polytask::benchmark
