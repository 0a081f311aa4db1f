// The parameters of one layer, picked out of the network's, as layers take
// them: without allocating, for no layer has more than two.

#pragma once

#include <array>
#include <cstddef>
#include <span>
#include <vector>

namespace polytask {

template <class T>
struct LayerParameters {
  std::array<std::span<T>, 2> spans;
  std::size_t count = 0;

  template <class Store>
  LayerParameters(Store& store, const std::vector<std::size_t>& indices)
      : count(indices.size()) {
    for (std::size_t i = 0; i < count; ++i) spans[i] = store[indices[i]];
  }
  [[nodiscard]] std::span<const std::span<T>> view() const {
    return {spans.data(), count};
  }
};

}  // namespace polytask
