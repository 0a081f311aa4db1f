// A model as texts and tensors: what a model file and a checkpoint share.

#pragma once

#include "polytask/checkpoint/safetensors.h"
#include "polytask/task/model.h"

namespace polytask {

// What names begin with that belong to the training and not to the model.
inline constexpr std::string_view kTrainingPrefix = "training/";

[[nodiscard]] Metadata model_metadata(const Model& model);

// `values` in the layout of the model's parameters, each array's name behind
// `prefix`. The views point into `values`.
[[nodiscard]] std::vector<TensorView> parameter_tensors(
    const ParameterLayout& layout, std::span<const float> values,
    const std::string& prefix = "");

// The model in a file; tensors of the training are left alone. A file that goes
// hands its memory on where there is nothing else in it.
// Throws Fault::data when it is none, or of a newer version.
[[nodiscard]] Model model_of(const SafetensorsFile& file);
[[nodiscard]] Model model_of(SafetensorsFile&& file);

}  // namespace polytask
