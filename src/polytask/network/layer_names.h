// What layers are called.

#pragma once

#include <map>
#include <span>
#include <string>
#include <vector>

#include "polytask/base/text.h"
#include "polytask/network/network_options.h"

namespace polytask {

inline const char* kind_of(const LayerOptions& layer) {
  constexpr const char* kKinds[] = {"conv2d", "max_pooling2d", "dropout",
                                    "flatten", "dense"};
  return kKinds[layer.index()];
}

// "conv2d_2" for the second convolution of a trunk: Keras' names, from 1.
//   before   of a head: "weather/"
inline std::vector<std::string> layer_names(
    std::span<const LayerOptions> layers, const std::string& before = {}) {
  std::map<std::string, int> counts;
  std::vector<std::string> names;
  for (const LayerOptions& layer : layers) {
    const std::string kind = kind_of(layer);
    names.push_back(cat(before, kind, "_", ++counts[kind]));
  }
  return names;
}

}  // namespace polytask
