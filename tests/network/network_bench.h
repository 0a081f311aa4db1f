// A small network with everything a step needs, for the tests of this folder.

#pragma once

#include <algorithm>
#include <memory>
#include <numeric>
#include <random>
#include <vector>

#include "polytask/network/initialize.h"
#include "polytask/network/network.h"

namespace polytask::test {

// All kinds of layers, as the post strings them together.
inline NetworkOptions every_kind_of_layer() {
  return {.trunk = {
              Conv2D{.filters = 3,
                     .padding = Padding::same,
                     .activation = Activation::relu},
              Conv2D{.filters = 4, .activation = Activation::relu},
              MaxPooling2D{},
              Dropout{.rate = 0.25},
              Flatten{},
              Dense{.units = 7, .activation = Activation::relu},
              Dropout{.rate = 0.5},
          }};
}

// Convolutions with their pools as PooledConvolutionLayer takes them, where the
// processor has the vectors: behind a relu, behind a dropout, with and without
// one of its own.
inline NetworkOptions pooled_blocks() {
  constexpr auto kRelu = Activation::relu;
  return {
      .trunk = {
          Conv2D{.filters = 9, .padding = Padding::same, .activation = kRelu},
          Conv2D{.filters = 16, .activation = kRelu},
          MaxPooling2D{},
          Dropout{.rate = 0.25},
          Conv2D{.filters = 20, .padding = Padding::same, .activation = kRelu},
          MaxPooling2D{},
          Dropout{.rate = 0.1},
          Flatten{},
          Dense{.units = 7, .activation = kRelu},
          Dropout{.rate = 0.5},
      }};
}

// More weights than activations, so that backward takes images in
// micro_batches; with strides, so that no own kernel takes a layer over, and
// with what does not take micro_batches between those that do.
inline NetworkOptions grouped_blocks() {
  const auto convolution = [](int filters, int kernel_size, int strides) {
    return Conv2D{.filters = filters,
                  .kernel_size = kernel_size,
                  .strides = strides,
                  .padding = Padding::same,
                  .activation = Activation::relu};
  };
  return {.trunk = {convolution(9, 3, 2), convolution(24, 1, 1),
                    Dropout{.rate = 0.25}, convolution(17, 3, 2),
                    MaxPooling2D{}, Flatten{},
                    Dense{.units = 7, .activation = Activation::relu}}};
}

// More weights than each worker prepares for itself.
inline NetworkOptions heavy_convolution() {
  return {.trunk = {Conv2D{.filters = 160, .kernel_size = 1, .strides = 4},
                    Conv2D{.filters = 200, .padding = Padding::same},
                    Flatten{}}};
}

// The network of the post "Multi-task Learning in Keras".
inline NetworkOptions post_network(bool with_dropout) {
  const auto convolution = [](int filters, Padding padding) {
    return Conv2D{
        .filters = filters, .padding = padding, .activation = Activation::relu};
  };
  NetworkOptions network;
  for (const int filters : {32, 64}) {
    network.trunk.push_back(convolution(filters, Padding::same));
    network.trunk.push_back(convolution(filters, Padding::valid));
    network.trunk.push_back(MaxPooling2D{});
    if (with_dropout) network.trunk.push_back(Dropout{.rate = 0.25});
  }
  network.trunk.push_back(Flatten{});
  network.trunk.push_back(Dense{.units = 512, .activation = Activation::relu});
  if (with_dropout) network.trunk.push_back(Dropout{.rate = 0.5});
  return network;
}

inline std::vector<std::uint8_t> random_pixels(std::size_t count,
                                               unsigned seed) {
  std::mt19937 rng(seed);
  std::uniform_int_distribution<int> level(0, 255);
  std::vector<std::uint8_t> pixels(count);
  for (auto& p : pixels) p = static_cast<std::uint8_t>(level(rng));
  return pixels;
}

// 2048 features and more: dense layers in eight parts.
inline NetworkOptions wide_dense() {
  return {.trunk = {Conv2D{.filters = 40,
                           .padding = Padding::same,
                           .activation = Activation::relu},
                    Flatten{}, Dropout{.rate = 0.2},
                    Dense{.units = 9, .activation = Activation::relu},
                    Dropout{}}};
}

inline std::vector<NetworkOptions> every_way() {
  return {every_kind_of_layer(), wide_dense(), pooled_blocks(),
          grouped_blocks()};
}

struct NetworkBench {
  std::shared_ptr<const NetworkPlan> plan;
  ThreadPool pool;
  Network network;
  ParameterStore parameters;
  ParameterStore gradients;
  std::vector<std::uint8_t> pixels;  // of a full batch
  std::vector<std::uint32_t> samples;

  NetworkBench(const NetworkOptions& options, const PlanOptions& plan_options)
      : plan(std::make_shared<NetworkPlan>(options, plan_options)),
        pool(plan_options.workers),
        network(plan, pool),
        parameters(plan->parameters()),
        gradients(plan->parameters()),
        pixels(random_pixels(element_count(plan_options.input) *
                                 static_cast<std::size_t>(plan_options.batch),
                             3)),
        samples(static_cast<std::size_t>(plan_options.batch)) {
    initialize_glorot_uniform(parameters, 5);
    // Biases that are not 0, so that a mistake in them shows.
    for (std::size_t i = 1; i < parameters.layout().size(); i += 2) {
      for (float& b : parameters[i]) b = 0.01f * static_cast<float>(i);
    }
    std::iota(samples.begin(), samples.end(), 40u);
    std::ranges::fill(gradients.flat(),
                      std::numeric_limits<float>::quiet_NaN());
  }

  [[nodiscard]] ImageBatch batch(int images) const {
    return {.images = images,
            .pixels = reinterpret_cast<const std::byte*>(pixels.data())};
  }
  [[nodiscard]] BatchKey key(int images) const {
    return {
        .seed = 9,
        .epoch = 2,
        .samples = std::span(samples).first(static_cast<std::size_t>(images))};
  }

  // Forward and backward with diff_logits[i] = (i % 7 - 2.5) / 2 for logit i.
  void step(int images) {
    network.prepare(parameters);
    network.forward_training(batch(images), key(images));
    for (std::size_t h = 0; h < plan->heads.size(); ++h) {
      std::size_t i = 0;
      for (float& d : network.diff_logits(h)) d = cotangent(i++);
    }
    network.backward(gradients);
  }
  static float cotangent(std::size_t i) {
    return (static_cast<float>(i % 7) - 2.5f) / 2.0f;
  }

  // The gaps between arrays belong to no one.
  [[nodiscard]] std::vector<float> gradient(std::size_t index) const {
    const std::span<const float> values = gradients[index];
    return {values.begin(), values.end()};
  }
  [[nodiscard]] std::vector<float> all_gradients() const {
    std::vector<float> all;
    for (std::size_t i = 0; i < gradients.layout().size(); ++i) {
      const std::vector<float> one = gradient(i);
      all.insert(all.end(), one.begin(), one.end());
    }
    return all;
  }
  [[nodiscard]] std::vector<float> all_logits() const {
    std::vector<float> all;
    for (std::size_t h = 0; h < plan->heads.size(); ++h) {
      const std::span<const float> values = network.logits(h);
      all.insert(all.end(), values.begin(), values.end());
    }
    return all;
  }
};

inline PlanOptions two_heads(int batch, int workers = 1) {
  return {.input = {8, 8, 2},
          .outputs = {{"scene", 5}, {"weather", 2}},
          .batch = batch,
          .workers = workers};
}

}  // namespace polytask::test
