// The network of the post "Multi-task Learning in Keras".

#pragma once

#include "polytask/network/network_options.h"

namespace polytask::benchmark {

inline NetworkOptions post_network() {
  const Activation relu = Activation::relu;
  return {
      .trunk = {
          Conv2D{.filters = 32, .padding = Padding::same, .activation = relu},
          Conv2D{.filters = 32, .activation = relu}, MaxPooling2D{},
          Dropout{.rate = 0.25},
          Conv2D{.filters = 64, .padding = Padding::same, .activation = relu},
          Conv2D{.filters = 64, .activation = relu}, MaxPooling2D{},
          Dropout{.rate = 0.25}, Flatten{},
          Dense{.units = 512, .activation = relu}, Dropout{.rate = 0.5}}};
}

}  // namespace polytask::benchmark
