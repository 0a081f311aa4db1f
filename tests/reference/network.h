// A whole network in plain loops and doubles, one image at a time.
//
// Follows the list of layers as its user writes it and knows nothing of plans.
// Dropout's masks come from the kernel, which has tests of its own.

#pragma once

#include <algorithm>
#include <optional>
#include <variant>
#include <vector>

#include "polytask/kernels/dropout.h"
#include "polytask/network/network_options.h"
#include "polytask/tensor/shape.h"
#include "tests/reference/convolution.h"
#include "tests/reference/max_pool.h"

namespace polytask::reference {

using Doubles = std::vector<double>;

class Network {
 public:
  // The parameters in the order of the layers: kernel, bias, kernel, bias, ...
  Network(NetworkOptions options, Shape input, std::size_t heads)
      : options_(std::move(options)), input_(std::move(input)), heads_(heads) {}

  // The logits of every head, one behind the other; without a key, without
  // dropout.
  [[nodiscard]] Doubles logits(
      const std::vector<Doubles>& parameters, Doubles image,
      const std::optional<kernels::ImageKey>& key) const {
    Pass pass{parameters, key, input_, std::move(image)};
    for (const LayerOptions& layer : options_.trunk) {
      std::visit([&](const auto& l) { pass.apply(l); }, layer);
    }
    Doubles all;
    const Doubles features = pass.values;
    for (std::size_t h = 0; h < heads_; ++h) {
      pass.values = features;
      pass.dense(false);
      all.insert(all.end(), pass.values.begin(), pass.values.end());
    }
    return all;
  }

 private:
  struct Pass {
    const std::vector<Doubles>& parameters;
    const std::optional<kernels::ImageKey>& key;
    Shape shape;
    Doubles values;
    std::size_t next = 0;  // parameter
    std::uint32_t dropouts = 0;

    void apply(const Conv2D& l) {
      const bool same = l.padding == Padding::same;
      const int size = shape[0];  // square images only
      const int results = (size + l.strides - 1) / l.strides;
      const int pad =
          same ? std::max(0, (results - 1) * l.strides + l.kernel_size - size)
               : 0;
      const ConvolutionShape s{.height = size,
                               .width = shape[1],
                               .channels = shape[2],
                               .filters = l.filters,
                               .kernel = l.kernel_size,
                               .stride = l.strides,
                               .pad_begin = pad / 2,
                               .pad_end = pad - pad / 2};
      values = convolution(s, values, parameters[next], parameters[next + 1],
                           l.activation == Activation::relu);
      next += 2;
      shape = {s.out(size), s.out(shape[1]), l.filters};
    }

    void apply(const MaxPooling2D& l) {
      values = max_pool(shape[0], shape[1], shape[2], l.pool_size, values).dst;
      shape = {shape[0] / l.pool_size, shape[1] / l.pool_size, shape[2]};
    }

    void apply(const Dropout& l) {
      const std::uint32_t address = dropouts++;
      if (!key) return;
      const std::vector<float> ones(values.size(), 1.0f);
      std::vector<float> factors(values.size());
      std::vector<std::uint8_t> kept(kernels::bit_bytes(values.size()));
      kernels::dropout(*key, address, l.rate, ones, factors, kept);
      for (std::size_t i = 0; i < values.size(); ++i) values[i] *= factors[i];
    }

    void apply(const Flatten&) {}

    void apply(const Dense& l) { dense(l.activation == Activation::relu); }

    void dense(bool relu) {
      const Doubles& kernel = parameters[next];
      Doubles sums = parameters[next + 1];
      const std::size_t units = sums.size();
      for (std::size_t f = 0; f < values.size(); ++f) {
        for (std::size_t u = 0; u < units; ++u) {
          sums[u] += values[f] * kernel[f * units + u];
        }
      }
      for (double& v : sums) v = relu ? std::max(v, 0.0) : v;
      values = std::move(sums);
      next += 2;
    }
  };

  NetworkOptions options_;
  Shape input_;
  std::size_t heads_;
};

}  // namespace polytask::reference
