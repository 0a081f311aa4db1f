#include "polytask/network/network_plan.h"

#include <algorithm>
#include <limits>
#include <map>

#include "polytask/base/error.h"
#include "polytask/base/text.h"
#include "polytask/layers/convolution_layer.h"
#include "polytask/layers/dropout_layer.h"
#include "polytask/layers/max_pooling_layer.h"

namespace polytask {
namespace {

constexpr std::size_t kLineBytes = WorkspacePlan::kAlignmentBytes;

std::size_t whole_lines(std::size_t bytes) {
  return (bytes + kLineBytes - 1) / kLineBytes * kLineBytes;
}

const char* kind_of(const LayerOptions& layer) {
  constexpr const char* kKinds[] = {"conv2d", "max_pooling2d", "dropout",
                                    "flatten", "dense"};
  return kKinds[layer.index()];
}

// "conv2d_2" for the second convolution of a trunk: Keras' names, from 1.
std::vector<std::string> layer_names(const NetworkOptions& network) {
  std::map<std::string, int> counts;
  std::vector<std::string> names;
  for (const LayerOptions& layer : network.trunk) {
    const std::string kind = kind_of(layer);
    names.push_back(cat(kind, "_", ++counts[kind]));
  }
  return names;
}

bool is_relu_convolution(const LayerOptions& layer) {
  const auto* convolution = std::get_if<Conv2D>(&layer);
  return convolution != nullptr && convolution->activation == Activation::relu;
}

void check(const NetworkOptions& network, const PlanOptions& o) {
  if (o.input.size() != 3 || std::ranges::min(o.input) < 1) {
    throw Error(Fault::shape, cat("network: expected images [height, width, "
                                  "channels], got ",
                                  to_text(o.input)));
  }
  if (o.batch < 1) {
    throw Error(Fault::config,
                cat("network: batch: expected >= 1, got ", o.batch));
  }
  if (o.workers < 1) {
    throw Error(Fault::config,
                cat("network: workers: expected >= 1, got ", o.workers));
  }
  if (network.trunk.empty()) {
    throw Error(Fault::config,
                "network.trunk: expected at least one layer, got none");
  }
  if (o.outputs.empty()) {
    throw Error(Fault::config, "tasks: expected at least one task, got none");
  }
}

Shape flattened(const std::string& layer, const Shape& shape) {
  constexpr int kMost = std::numeric_limits<int>::max();
  const std::size_t features = element_count(shape);
  if (features > static_cast<std::size_t>(kMost)) {
    throw Error(Fault::shape,
                cat(layer, ": ", to_text(shape), " is more than ", kMost,
                    " features; pool more, or use smaller images"));
  }
  return {static_cast<int>(features)};
}

}  // namespace

NetworkPlan::NetworkPlan(const NetworkOptions& network,
                         const PlanOptions& options)
    : options_(options) {
  check(network, options);
  std::size_t at = 0;
  const Shape features = add_image_layers(network, at);
  features_ = element_count(features);
  feature_rows = memory_.reserve(
      "features", features_ * static_cast<std::size_t>(options_.batch));
  if (options_.training) {
    diff_feature_rows = memory_.reserve("diff features", feature_rows.count);
  }
  add_dense_layers(network, at, features);
  layout_ = ParameterLayout(specs_);
  place_activations();
  reserve_memory();
}

// Builds the layers up to the first dense one; `at` is then its index. Returns
// the shape behind them.
Shape NetworkPlan::add_image_layers(const NetworkOptions& network,
                                    std::size_t& at) {
  const std::vector<std::string> names = layer_names(network);
  Shape shape = options_.input;
  for (; at < network.trunk.size(); ++at) {
    const LayerOptions& layer = network.trunk[at];
    if (std::holds_alternative<Dense>(layer)) break;
    ImageStep step;
    if (const auto* conv = std::get_if<Conv2D>(&layer)) {
      const bool pool_follows =
          at + 1 < network.trunk.size() &&
          std::holds_alternative<MaxPooling2D>(network.trunk[at + 1]);
      step.layer = std::make_unique<ConvolutionLayer>(
          ConvolutionLayerOptions{
              .name = names[at],
              .filters = conv->filters,
              .kernel_size = conv->kernel_size,
              .stride = conv->strides,
              .same_padding = conv->padding == Padding::same,
              .relu = conv->activation == Activation::relu,
              .relu_masked_by_next = pool_follows,
              .with_backward = options_.training,
              .with_diff_src = !image_steps.empty()},
          shape);
    } else if (const auto* pool = std::get_if<MaxPooling2D>(&layer)) {
      step.layer = std::make_unique<MaxPoolingLayer>(
          MaxPoolingLayerOptions{
              .name = names[at],
              .pool_size = pool->pool_size,
              .masks_relu =
                  at > 0 && is_relu_convolution(network.trunk[at - 1])},
          shape);
    } else if (const auto* dropout = std::get_if<Dropout>(&layer)) {
      step.layer = std::make_unique<DropoutLayer>(
          DropoutLayerOptions{
              .name = names[at],
              .rate = dropout->rate,
              .address = static_cast<std::uint32_t>(dropouts_++)},
          shape);
      if (!options_.training) continue;
    } else {  // Flatten: the same numbers in the same order.
      shape = flattened(names[at], shape);
      continue;
    }
    shape = step.layer->spec().dst;
    for (const ParameterSpec& spec : step.layer->spec().parameters) {
      step.parameters.push_back(specs_.size());
      specs_.push_back(spec);
    }
    image_steps.push_back(std::move(step));
  }
  return shape;
}

void NetworkPlan::add_dense_layers(const NetworkOptions& network,
                                   std::size_t at, Shape shape) {
  const std::vector<std::string> names = layer_names(network);
  for (; at < network.trunk.size(); ++at) {
    const LayerOptions& layer = network.trunk[at];
    if (const auto* dense = std::get_if<Dense>(&layer)) {
      dense_steps.push_back(
          make_dense_step({.name = names[at],
                           .units = dense->units,
                           .relu = dense->activation == Activation::relu},
                          shape));
      shape = {dense->units};
    } else if (const auto* dropout = std::get_if<Dropout>(&layer)) {
      add_row_step(dense_steps.back(), names[at], *dropout);
    } else if (!std::holds_alternative<Flatten>(layer)) {
      throw Error(Fault::shape,
                  cat(names[at], ": expected an image [height, width, ",
                      "channels], got ", to_text(shape),
                      "; convolutions and pooling come before dense layers"));
    }
  }
  add_heads(shape);
}

DenseStep NetworkPlan::make_dense_step(const DenseLayerOptions& dense,
                                       const Shape& src) {
  DenseLayerOptions complete = dense;
  complete.batch = options_.batch;
  complete.with_backward = options_.training;
  DenseStep step{.layer = DenseLayer(complete, src)};
  const std::size_t count = static_cast<std::size_t>(options_.batch) *
                            static_cast<std::size_t>(dense.units);
  step.partial =
      memory_.reserve(dense.name + " sums", step.layer.partial_count());
  step.dst = memory_.reserve(dense.name, count);
  if (options_.training) {
    step.diff_dst = memory_.reserve("diff " + dense.name, count);
  }
  step.kernel = specs_.size();
  step.bias = specs_.size() + 1;
  for (const ParameterSpec& spec : step.layer.parameters()) {
    specs_.push_back(spec);
  }
  return step;
}

void NetworkPlan::add_row_step(DenseStep& step, const std::string& name,
                               const Dropout& dropout) {
  const int address = dropouts_++;
  RowStep row;
  row.layer = std::make_unique<DropoutLayer>(
      DropoutLayerOptions{.name = name,
                          .rate = dropout.rate,
                          .address = static_cast<std::uint32_t>(address)},
      Shape{step.layer.units()});
  if (!options_.training) return;
  const auto batch = static_cast<std::size_t>(options_.batch);
  row.dst = memory_.reserve(row.layer->spec().name, step.dst.count);
  row.state_row = whole_lines(row.layer->spec().state_bytes);
  row.state = memory_.reserve(row.layer->spec().name + " state",
                              batch * row.state_row / sizeof(float));
  step.after.push_back(std::move(row));
}

void NetworkPlan::add_heads(const Shape& shape) {
  for (const NetworkOutput& output : options_.outputs) {
    heads.push_back(
        make_dense_step({.name = output.name, .units = output.units}, shape));
  }
  if (!options_.training || heads.size() < 2) return;
  head_diff = memory_.reserve(
      "diff of one head",
      element_count(shape) * static_cast<std::size_t>(options_.batch));
}

// Decides for each activation of the image stage whether backward reads it.
void NetworkPlan::place_activations() {
  std::size_t scratch_end = 0;
  const auto place = [&](std::size_t count, bool keep) {
    std::size_t& end = keep ? kept_stride : scratch_end;
    const Place at{.area = keep ? Place::Area::kept : Place::Area::scratch,
                   .offset = end};
    end += WorkspacePlan::aligned(count);
    return at;
  };
  const auto read_by_backward = [&](std::size_t step) {
    return options_.training && step < image_steps.size() &&
           image_steps[step].layer->spec().backward_reads_src;
  };
  const std::size_t pixels = element_count(options_.input);
  input = image_steps.empty() ? Place{.area = Place::Area::features}
                              : place(pixels, read_by_backward(0));
  Place before = input;
  std::size_t largest = pixels;
  for (std::size_t i = 0; i < image_steps.size(); ++i) {
    ImageStep& step = image_steps[i];
    const ImageLayerSpec& spec = step.layer->spec();
    const std::size_t count = element_count(spec.dst);
    largest = std::max(largest, count);
    step.src = before;
    step.dst =
        i + 1 == image_steps.size()
            ? Place{.area = Place::Area::features}
            : place(count, read_by_backward(i + 1) ||
                               (options_.training && spec.backward_reads_dst));
    before = step.dst;
    step.state_offset = state_stride;
    state_stride += whole_lines(spec.state_bytes);
    step.gradient_offset = gradient_stride;
    gradient_stride += WorkspacePlan::aligned(spec.gradient_count);
    image_gradient = std::max(image_gradient, spec.gradient_count);
    layer_scratch = std::max(layer_scratch, spec.scratch_count);
  }
  for (const auto* steps : {&dense_steps, &heads}) {
    for (const DenseStep& step : *steps) {
      layer_scratch = std::max(layer_scratch, step.layer.scratch_count());
    }
  }
  // From here on these are offsets in a worker's scratch.
  const auto append = [&](std::size_t count) {
    const std::size_t offset = scratch_end;
    scratch_end += WorkspacePlan::aligned(count);
    return offset;
  };
  layer_scratch = append(layer_scratch);
  image_gradient = append(image_gradient);
  if (options_.training) {
    for (std::size_t& buffer : diff) buffer = append(largest);
  }
  scratch_stride = scratch_end;
}

void NetworkPlan::reserve_memory() {
  const auto batch = static_cast<std::size_t>(options_.batch);
  for (ImageStep& step : image_steps) {
    const ImageLayerSpec& spec = step.layer->spec();
    if (spec.prepared_count == 0) continue;
    step.prepared =
        memory_.reserve(spec.name + " prepared", spec.prepared_count);
  }
  scratch = memory_.reserve(
      "scratch of the workers",
      scratch_stride * static_cast<std::size_t>(options_.workers));
  if (!options_.training) return;
  if (kept_stride > 0) {
    kept =
        memory_.reserve("activations that backward reads", kept_stride * batch);
  }
  if (state_stride > 0) {
    state = memory_.reserve("states of pools and dropouts",
                            state_stride * batch / sizeof(float));
  }
  if (gradient_stride > 0) {
    shard_gradients =
        memory_.reserve("gradients of the shards",
                        gradient_stride * static_cast<std::size_t>(kShards));
  }
}

std::vector<std::string> NetworkPlan::implementations() const {
  std::vector<std::string> texts;
  for (const ImageStep& step : image_steps) {
    texts.push_back(
        cat(step.layer->spec().name, ": ", step.layer->spec().implementation));
  }
  for (const auto* steps : {&dense_steps, &heads}) {
    for (const DenseStep& step : *steps) {
      texts.push_back(
          cat(step.layer.name(), ": ", step.layer.implementation()));
    }
  }
  return texts;
}

double NetworkPlan::forward_flops() const {
  double flops = 0.0;
  for (const ImageStep& step : image_steps) {
    flops += step.layer->spec().forward_flops;
  }
  for (const auto* steps : {&dense_steps, &heads}) {
    for (const DenseStep& step : *steps) flops += step.layer.forward_flops();
  }
  return flops;
}

std::string NetworkPlan::describe() const {
  std::string text;
  const auto line = [&](const std::string& name, const Shape& src,
                        const Shape& dst, std::size_t parameters,
                        const std::string& implementation) {
    text += cat(name, "  ", to_text(src), " -> ", to_text(dst), "  ",
                parameters, " parameters  ", implementation, "\n");
  };
  for (const ImageStep& step : image_steps) {
    const ImageLayerSpec& spec = step.layer->spec();
    std::size_t count = 0;
    for (const ParameterSpec& p : spec.parameters) {
      count += element_count(p.shape);
    }
    line(spec.name, spec.src, spec.dst, count, spec.implementation);
  }
  for (const auto* steps : {&dense_steps, &heads}) {
    for (const DenseStep& step : *steps) {
      const int features = step.layer.features();
      const int units = step.layer.units();
      line(step.layer.name(), {features}, {units},
           static_cast<std::size_t>(features + 1) *
               static_cast<std::size_t>(units),
           step.layer.implementation());
    }
  }
  return text;
}

}  // namespace polytask
