// A network as its user writes it: a list of layers with Keras' names, options
// and defaults.
//
//   NetworkOptions network{.trunk = {
//       Conv2D{.filters = 32, .padding = Padding::same,
//              .activation = Activation::relu},
//       MaxPooling2D{},
//       Dropout{.rate = 0.25},
//       Flatten{},
//       Dense{.units = 512, .activation = Activation::relu}}};
//
// The trunk is shared by all tasks; each task adds a head of its own behind it.
// A trunk without Flatten hands an image on, and the heads flatten it
// themselves. Plain data: checked when a network is built from it.

#pragma once

#include <variant>
#include <vector>

namespace polytask {

enum class Padding { valid, same };
enum class Activation { linear, relu };

// Square kernels and windows; see docs/math/layers.md for the formulas.
struct Conv2D {
  int filters = 0;
  int kernel_size = 3;
  int strides = 1;
  Padding padding = Padding::valid;
  Activation activation = Activation::linear;

  bool operator==(const Conv2D&) const = default;
};

struct MaxPooling2D {
  int pool_size = 2;  // windows do not overlap

  bool operator==(const MaxPooling2D&) const = default;
};

struct Dropout {
  double rate = 0.5;  // share that is dropped in training

  bool operator==(const Dropout&) const = default;
};

// [height, width, channels] becomes one vector in that order.
struct Flatten {
  bool operator==(const Flatten&) const = default;
};

struct Dense {
  int units = 0;
  Activation activation = Activation::linear;

  bool operator==(const Dense&) const = default;
};

using LayerOptions =
    std::variant<Conv2D, MaxPooling2D, Dropout, Flatten, Dense>;

struct NetworkOptions {
  std::vector<LayerOptions> trunk;

  bool operator==(const NetworkOptions&) const = default;
};

}  // namespace polytask
