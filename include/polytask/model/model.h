// A model: a network's description and its parameters, with all that is needed
// to use it on new images.
//
//   Model model = make_model({.image = {100, 100, 3},
//                             .network = {...},
//                             .tasks = {multilabel("scene", {...})}}, seed);

#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "polytask/network/network_options.h"
#include "polytask/task/task.h"
#include "polytask/tensor/parameter_store.h"
#include "polytask/tensor/shape.h"

namespace polytask {

// The network sees value * scale. Files with whole numbers hold 0 to 255, files
// with fractions are taken as they are.
struct Preprocessing {
  double uint8_scale = 1.0 / 255.0;
  double float32_scale = 1.0;

  [[nodiscard]] float scale(PixelType type) const {
    return static_cast<float>(type == PixelType::uint8 ? uint8_scale
                                                       : float32_scale);
  }
  bool operator==(const Preprocessing&) const = default;
};

struct ModelSpec {
  Shape image;  // [height, width, channels]
  Preprocessing preprocessing;
  NetworkOptions network;
  std::vector<Task> tasks;

  bool operator==(const ModelSpec&) const = default;
};

struct Model {
  ModelSpec spec;
  ParameterStore parameters;

  // Of each task; empty before training.
  std::vector<TargetStatistics> target_statistics;

  // Texts that travel with the model: "recipe", "metrics", "provenance".
  std::map<std::string, std::string> notes;
};

// A model with random parameters (Glorot-uniform, biases 0).
// Throws Fault::config, listing every problem of the tasks, and Fault::shape or
// Fault::config, naming the layer, when the network is impossible.
[[nodiscard]] Model make_model(ModelSpec spec, std::uint64_t seed);

// A model with these tasks behind those of `model`, on the same trunk: new
// heads with random parameters, without target statistics until they are
// trained. All that `model` has keeps every bit, so it gives the same answers;
// its notes stay with it. Train the new heads alone with
// TrainOptions::only_heads. Throws Fault::config, listing every problem, when
// the tasks cannot be used or the model has one of that name already.
[[nodiscard]] Model add_tasks(const Model& model, std::vector<Task> tasks,
                              std::uint64_t seed);

}  // namespace polytask
