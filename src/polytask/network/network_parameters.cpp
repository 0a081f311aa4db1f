#include "polytask/network/network_parameters.h"

#include <algorithm>

#include "polytask/base/error.h"
#include "polytask/base/text.h"
#include "polytask/layers/convolution_layer.h"
#include "polytask/layers/dense_parameters.h"
#include "polytask/layers/dropout_layer.h"
#include "polytask/layers/limits.h"
#include "polytask/layers/max_pooling_layer.h"
#include "polytask/network/layer_names.h"

namespace polytask {
namespace {

template <class Layer>
bool is(const LayerOptions& layer) {
  return std::holds_alternative<Layer>(layer);
}

void check_images(const Shape& input) {
  if (input.size() != 3 || std::ranges::min(input) < 1) {
    throw Error(Fault::shape, cat("network: expected images [height, width, "
                                  "channels], got ",
                                  to_text(input)));
  }
  const bool fits = std::max(input[0], input[1]) <= kMostSide &&
                    input[2] <= kMostChannels &&
                    element_count(input) <= kMostImageValues;
  if (fits) return;
  throw Error(Fault::shape,
              cat("network: expected images of at most ", kMostSide,
                  " rows and columns, ", kMostChannels, " channels and ",
                  kMostImageValues, " numbers in all, got ", to_text(input),
                  "; use smaller images"));
}

void check_layer_count(const std::string& where,
                       const std::vector<LayerOptions>& layers) {
  if (layers.size() <= kMostLayers) return;
  throw Error(Fault::config, cat(where, ": expected at most ", kMostLayers,
                                 " layers, got ", layers.size()));
}

void check_tasks(const std::vector<NetworkOutput>& outputs) {
  if (outputs.empty()) {
    throw Error(Fault::config, "tasks: expected at least one task, got none");
  }
  if (outputs.size() > kMostTasks) {
    throw Error(Fault::config, cat("tasks: expected at most ", kMostTasks,
                                   " tasks, got ", outputs.size()));
  }
  for (const NetworkOutput& output : outputs) {
    check_layer_count(cat("tasks.", output.name, ".head"), output.layers);
  }
}

void check(const NetworkOptions& network, const PlanOptions& o) {
  check_images(o.input);
  require_within(kBatchLimit, "network", o.batch);
  if (o.workers < 1) {
    throw Error(Fault::config,
                cat("network: workers: expected >= 1, got ", o.workers));
  }
  check_tasks(o.outputs);
  check_layer_count("network.trunk", network.trunk);
  // Where the heads see the images themselves, nothing is shared.
  const bool heads_flatten =
      std::ranges::all_of(o.outputs, [](const NetworkOutput& output) {
        return std::ranges::any_of(output.layers, is<Flatten>);
      });
  if (network.trunk.empty() && !heads_flatten) {
    throw Error(Fault::config,
                "network.trunk: expected at least one layer, got none");
  }
}

// Goes through the layers as NetworkPlan does, and collects.
class Walk {
 public:
  // Of layers that see images; returns the shape behind them.
  Shape add_image_layers(std::span<const LayerOptions> layers,
                         const std::vector<std::string>& names, Shape shape) {
    for (std::size_t i = 0; i < layers.size(); ++i) {
      shape = add_image_layer(layers[i], names[i], shape);
      require_size_of_result(names[i], shape);
    }
    return shape;
  }

  Shape add_dense(const std::string& name, int units, const Shape& src) {
    add(dense_parameters(name, units, src));
    return {units};
  }

  [[nodiscard]] std::vector<ParameterSpec> take() { return std::move(specs_); }

 private:
  Shape add_image_layer(const LayerOptions& layer, const std::string& name,
                        const Shape& src) {
    if (const auto* conv = std::get_if<Conv2D>(&layer)) {
      return add_convolution(*conv, name, src);
    }
    if (const auto* pool = std::get_if<MaxPooling2D>(&layer)) {
      return MaxPoolingLayer({.name = name, .pool_size = pool->pool_size}, src)
          .spec()
          .dst;
    }
    if (const auto* dropout = std::get_if<Dropout>(&layer)) {
      return DropoutLayer({.name = name, .rate = dropout->rate}, src)
          .spec()
          .dst;
    }
    // Flatten: the same numbers in the same order.
    return {static_cast<int>(element_count(src))};
  }

  Shape add_convolution(const Conv2D& conv, const std::string& name,
                        const Shape& src) {
    const onednn::ConvolutionOptions c = ConvolutionLayer::geometry(
        {.name = name,
         .filters = conv.filters,
         .kernel_size = conv.kernel_size,
         .stride = conv.strides,
         .same_padding = conv.padding == Padding::same},
        src);
    add({{name + "/kernel",
          {c.kernel_height, c.kernel_width, c.channels, c.filters}},
         {name + "/bias", {c.filters}}});
    return {onednn::result_rows(c), onednn::result_columns(c), c.filters};
  }

  void add(std::vector<ParameterSpec> specs) {
    for (ParameterSpec& spec : specs) {
      count_ += element_count(spec.shape);
      if (count_ > kMostValues) {
        throw Error(Fault::config,
                    cat(spec.name, " ", to_text(spec.shape),
                        ": expected at most ", kMostValues,
                        " parameters in all layers, got more; pool more "
                        "before flatten, or use fewer units or filters"));
      }
      specs_.push_back(std::move(spec));
    }
  }

  std::vector<ParameterSpec> specs_;
  std::size_t count_ = 0;
};

std::size_t image_layers(std::span<const LayerOptions> layers) {
  return static_cast<std::size_t>(std::ranges::find_if(layers, is<Dense>) -
                                  layers.begin());
}

// Those of a head, or of the trunk, that lie behind its first dense layer;
// other layers there are the plan's to refuse.
Shape add_dense_layers(Walk& walk, std::span<const LayerOptions> layers,
                       std::span<const std::string> names, Shape shape) {
  for (std::size_t i = 0; i < layers.size(); ++i) {
    if (const auto* dense = std::get_if<Dense>(&layers[i])) {
      require_within(kUnitsLimit, names[i], dense->units);
      shape = walk.add_dense(names[i], dense->units, shape);
    }
  }
  return shape;
}

}  // namespace

std::vector<ParameterSpec> network_parameters(const NetworkOptions& network,
                                              const PlanOptions& options) {
  check(network, options);
  Walk walk;
  const std::span<const LayerOptions> trunk(network.trunk);
  const std::vector<std::string> names = layer_names(trunk);
  const std::size_t images = image_layers(trunk);
  const Shape image =
      walk.add_image_layers(trunk.first(images), names, options.input);
  const bool ends_in_image = images == trunk.size() && image.size() == 3;
  std::vector<Shape> branches;
  for (const NetworkOutput& output : options.outputs) {
    const std::span<const LayerOptions> head(output.layers);
    branches.push_back(walk.add_image_layers(
        head.first(ends_in_image ? image_layers(head) : 0),
        layer_names(head, output.name + "/"), image));
  }
  const Shape shared = add_dense_layers(
      walk, trunk.subspan(images), std::span(names).subspan(images), image);
  for (std::size_t t = 0; t < options.outputs.size(); ++t) {
    const NetworkOutput& output = options.outputs[t];
    const Shape& src = images < trunk.size() ? shared : branches[t];
    const Shape last =
        add_dense_layers(walk, output.layers,
                         layer_names(output.layers, output.name + "/"), src);
    walk.add_dense(output.name, output.units, last);
  }
  return walk.take();
}

}  // namespace polytask
