// A model as texts and tensors: what a model file and a checkpoint share.

#pragma once

#include "polytask/checkpoint/safetensors.h"
#include "polytask/model/model.h"

namespace polytask {

// What names begin with that belong to the training and not to the model.
inline constexpr std::string_view kTrainingPrefix = "training/";

[[nodiscard]] Metadata model_metadata(const Model& model);

// `values` in the layout of the model's parameters, each array's name behind
// `prefix`. The views point into `values`.
[[nodiscard]] std::vector<TensorView> parameter_tensors(
    const ParameterLayout& layout, std::span<const float> values,
    const std::string& prefix = "");

// The model in a file; tensors of the training are left alone.
// Throws Fault::data when it is none, or of a newer version, when its
// description is beyond layers/limits.h, or its tensors are not those of the
// network it describes.
[[nodiscard]] Model model_of(const SafetensorsFile& file);

struct ModelFile {
  Model model;
  std::string checksum;  // of the file, as it states it
};

// Reads a file as load_model does. What it says it holds is checked as
// model_of() does before any memory is taken for its values, and they are
// refused where they are not finite.
[[nodiscard]] ModelFile load_model_file(const std::filesystem::path& path);

}  // namespace polytask
