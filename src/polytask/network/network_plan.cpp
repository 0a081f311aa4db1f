#include "polytask/network/network_plan.h"

#include <algorithm>
#include <bit>
#include <cmath>

#include "polytask/base/text.h"
#include "polytask/layers/convolution_layer.h"
#include "polytask/layers/dropout_layer.h"
#include "polytask/layers/max_pooling_layer.h"
#include "polytask/layers/pooled_convolution_layer.h"
#include "polytask/network/layer_names.h"
#include "polytask/network/network_parameters.h"

namespace polytask {
namespace {

bool is_relu_convolution(const LayerOptions& layer) {
  const auto* convolution = std::get_if<Conv2D>(&layer);
  return convolution != nullptr && convolution->activation == Activation::relu;
}

// How many layers from `at` on become one PooledConvolutionLayer: a
// convolution, its pool and perhaps a dropout; 0 when they stay apart.
//   channels   of the convolution's input
std::size_t pooled_layers(std::span<const LayerOptions> layers, std::size_t at,
                          int channels) {
  if (at + 1 >= layers.size()) return 0;
  const auto* conv = std::get_if<Conv2D>(&layers[at]);
  const auto* pool = std::get_if<MaxPooling2D>(&layers[at + 1]);
  if (conv == nullptr || pool == nullptr ||
      !PooledConvolutionLayer::pays(channels, conv->kernel_size, conv->strides,
                                    pool->pool_size)) {
    return 0;
  }
  const bool dropout =
      at + 2 < layers.size() && std::holds_alternative<Dropout>(layers[at + 2]);
  return dropout && conv->filters % 8 == 0 ? 3 : 2;
}

}  // namespace

// How many layers come before the first dense one.
std::size_t NetworkPlan::image_layers(std::span<const LayerOptions> layers) {
  const auto dense = std::ranges::find_if(layers, [](const LayerOptions& l) {
    return std::holds_alternative<Dense>(l);
  });
  return static_cast<std::size_t>(dense - layers.begin());
}

NetworkPlan::NetworkPlan(const NetworkOptions& network,
                         const PlanOptions& options)
    : options_(options) {
  (void)network_parameters(network, options);  // which refuses what cannot be
  const std::span<const LayerOptions> trunk(network.trunk);
  const std::size_t images = image_layers(trunk);
  const LayerStack stack{
      .layers = trunk.first(images),
      .names = layer_names(trunk.first(images)),
      .extents = read_extents(trunk.first(images), options.input)};
  micro_batch = choose_micro_batch(stack);
  trunk_result_ = add_image_layers(stack, options_.input);
  trunk_steps = image_steps.size();
  feature_rows = memory_.reserve(
      "features", features() * static_cast<std::size_t>(options_.batch));
  if (options_.training) {
    diff_feature_rows = memory_.reserve("diff features", feature_rows.count);
  }
  add_branches(images == trunk.size() && trunk_result_.size() == 3);
  add_trunk_dense_layers(network, images);
  add_heads();
  layout_ = ParameterLayout(specs_);
  place_activations();
  place_layer_buffers();
  reserve_memory();
  order_work();
  const bool apart = options_.task_gradients == TaskGradients::trunk;
  if (options_.training && apart) reserve_task_gradients();
}

// One image at a time while its activations are what fills the cache; several
// where they are few beside the weights and their gradient.
int NetworkPlan::choose_micro_batch(const LayerStack& stack) const {
  constexpr double kMost = 4.0;
  constexpr double kArrays = 2.0;  // of weights: backward reads, and writes
  double weights = 0.0;
  double activations = 0.0;
  int channels = options_.input[2];
  for (std::size_t i = 0; i < stack.extents.size(); ++i) {
    if (const auto* conv = std::get_if<Conv2D>(&stack.layers[i])) {
      weights += 1.0 * conv->kernel_size * conv->kernel_size * channels *
                 conv->filters;
      channels = conv->filters;
    }
    const Extent& read = stack.extents[i].read;
    activations += 1.0 * read.rows * read.columns * channels;
  }
  const double most = std::min(kMost, 1.0 * options_.batch);
  return static_cast<int>(
      std::clamp(kArrays * weights / std::max(1.0, activations), 1.0, most));
}

int NetworkPlan::shards(int images) const {
  return std::clamp((images + micro_batch - 1) / micro_batch, 1, kShards);
}

// Of convolution `at` of the trunk: threads that meet more often than that wait
// longer than they work.
int NetworkPlan::bands_of(const Conv2D& conv, const ReadExtent& extent,
                          int channels) {
  constexpr double kBandFlops = 1e6;
  const double flops = 2.0 * extent.read.rows * extent.read.columns *
                       conv.filters * conv.kernel_size * conv.kernel_size *
                       channels;
  // A power of two, which as many threads share evenly.
  return static_cast<int>(std::bit_floor(static_cast<unsigned>(
      std::clamp(flops / kBandFlops, 2.0, 1.0 * kBands))));
}

// Returns the shape behind the layers.
Shape NetworkPlan::add_image_layers(const LayerStack& stack, Shape shape) {
  std::size_t at = 0;
  while (at < stack.layers.size()) {
    const LayerOptions& layer = stack.layers[at];
    if (const std::size_t count = pooled_layers_at(stack, at, shape)) {
      shape = add_image_step(make_pooled_convolution(stack, at, shape),
                             reason_for(stack, at, shape));
      at += count;
      continue;
    }
    if (std::holds_alternative<Flatten>(layer)) {
      // The same numbers in the same order.
      shape = {static_cast<int>(element_count(shape))};
    } else {
      auto built = make_image_layer(stack, at, shape);
      const bool runs =
          options_.training || !std::holds_alternative<Dropout>(layer);
      if (runs) {
        shape = add_image_step(std::move(built), reason_for(stack, at, shape));
      }
    }
    ++at;
  }
  return shape;
}

// The layers of images of each head.
void NetworkPlan::add_branches(bool trunk_ends_in_image) {
  for (const NetworkOutput& output : options_.outputs) {
    const std::span<const LayerOptions> head(output.layers);
    branches.push_back(add_branch(
        output.name, head.first(trunk_ends_in_image ? image_layers(head) : 0)));
  }
}

Branch NetworkPlan::add_branch(const std::string& task,
                               std::span<const LayerOptions> layers) {
  Branch branch{.layers = layers.size(),
                .first = image_steps.size(),
                .last = image_steps.size(),
                .result = trunk_result_,
                .rows = feature_rows,
                .diff_rows = {}};
  if (layers.empty()) return branch;
  const LayerStack stack{.layers = layers,
                         .names = layer_names(layers, task + "/"),
                         .extents = read_extents(layers, trunk_result_),
                         .needs_diff_src = trunk_steps > 0};
  branch.result = add_image_layers(stack, trunk_result_);
  branch.last = image_steps.size();
  if (branch.empty()) return branch;
  const std::size_t count =
      element_count(branch.result) * static_cast<std::size_t>(options_.batch);
  branch.rows = memory_.reserve(task + "'s features", count);
  if (options_.training) {
    branch.diff_rows = memory_.reserve("diff " + task + "'s features", count);
  }
  return branch;
}

// pooled_layers() where they are wanted and the shape is an image.
std::size_t NetworkPlan::pooled_layers_at(const LayerStack& stack,
                                          std::size_t at,
                                          const Shape& shape) const {
  if (!options_.own_kernels || shape.size() != 3) return 0;
  return pooled_layers(stack.layers, at, shape[2]);
}

// Whether backward of convolution `at` skips what its relu has zeroed.
bool NetworkPlan::skips_zeros(const LayerStack& stack, std::size_t at,
                              const Shape& shape) const {
  const auto& conv = std::get<Conv2D>(stack.layers[at]);
  return options_.own_kernels && conv.activation == Activation::relu &&
         shape.size() == 3 &&
         ConvolutionLayer::can_skip_zeros(shape[2], conv.kernel_size,
                                          conv.strides);
}

// Who computes layer `at` of the trunk and why, in a few words.
std::string NetworkPlan::reason_for(const LayerStack& stack, std::size_t at,
                                    const Shape& shape) const {
  const auto* conv = std::get_if<Conv2D>(&stack.layers[at]);
  if (conv == nullptr) return "own: the only one";
  if (!options_.own_kernels) return "oneDNN: own kernels are switched off";
  const bool last = at + 1 == stack.layers.size();
  const auto* pool =
      last ? nullptr : std::get_if<MaxPooling2D>(&stack.layers[at + 1]);
  if (pool == nullptr) {
    if (!skips_zeros(stack, at, shape)) return "oneDNN: no max pool behind it";
    return cat("own where relu leaves less than ",
               std::lround(100 * kernels::kWorthSkipping),
               " % of the gradient, else oneDNN");
  }
  const std::string obstacle = PooledConvolutionLayer::obstacle(
      shape[2], conv->kernel_size, conv->strides, pool->pool_size);
  if (!obstacle.empty()) return "oneDNN: " + obstacle;
  return cat("own: ", conv->kernel_size, " x ", conv->kernel_size, ", stride ",
             conv->strides, ", pool ", pool->pool_size, " x ", pool->pool_size);
}

std::unique_ptr<const ImageLayer> NetworkPlan::make_image_layer(
    const LayerStack& stack, std::size_t at, const Shape& shape) {
  const LayerOptions& layer = stack.layers[at];
  const std::string& name = stack.names[at];
  if (const auto* conv = std::get_if<Conv2D>(&layer)) {
    const Shape next{1, 1, conv->filters};
    const bool next_masks =
        at + 1 < stack.layers.size() &&
        (std::holds_alternative<MaxPooling2D>(stack.layers[at + 1]) ||
         pooled_layers_at(stack, at + 1, next) > 0);
    return std::make_unique<ConvolutionLayer>(
        ConvolutionLayerOptions{
            .name = name,
            .filters = conv->filters,
            .kernel_size = conv->kernel_size,
            .stride = conv->strides,
            .same_padding = conv->padding == Padding::same,
            .relu = conv->activation == Activation::relu,
            .relu_masked_by_next = next_masks,
            .with_backward = options_.training,
            .with_diff_src = at > 0 || stack.needs_diff_src,
            .skip_zeros = skips_zeros(stack, at, shape),
            .whole_src = stack.extents[at].src,
            .read = stack.extents[at].read,
            .bands = in_bands()
                         ? bands_of(*conv, stack.extents[at], shape.back())
                         : 1,
            .micro_batch = micro_batch},
        shape);
  }
  if (const auto* pool = std::get_if<MaxPooling2D>(&layer)) {
    return std::make_unique<MaxPoolingLayer>(
        MaxPoolingLayerOptions{
            .name = name,
            .pool_size = pool->pool_size,
            .masks_relu = at > 0 && is_relu_convolution(stack.layers[at - 1]),
            .bands = in_bands() ? kBands : 1},
        shape);
  }
  return std::make_unique<DropoutLayer>(
      next_dropout(name, std::get<Dropout>(layer)), shape);
}

// Each dropout of a network draws numbers of its own.
DropoutLayerOptions NetworkPlan::next_dropout(const std::string& name,
                                              const Dropout& dropout) {
  return {.name = name,
          .rate = dropout.rate,
          .address = static_cast<std::uint32_t>(dropouts_++)};
}

std::unique_ptr<const ImageLayer> NetworkPlan::make_pooled_convolution(
    const LayerStack& stack, std::size_t at, const Shape& shape) {
  const auto& conv = std::get<Conv2D>(stack.layers[at]);
  PooledConvolutionLayerOptions options{
      .name = stack.names[at],
      .pool_name = stack.names[at + 1],
      .filters = conv.filters,
      .same_padding = conv.padding == Padding::same,
      .relu = conv.activation == Activation::relu,
      .masks_src_relu = at > 0 && is_relu_convolution(stack.layers[at - 1]),
      .with_backward = options_.training,
      .with_diff_src = at > 0 || stack.needs_diff_src,
      .whole_src = stack.extents[at].src,
      .read = stack.extents[at + 1].read,
      .bands =
          in_bands() ? bands_of(conv, stack.extents[at], shape.back()) : 0};
  if (pooled_layers_at(stack, at, shape) == 3) {
    const auto& dropout = std::get<Dropout>(stack.layers[at + 2]);
    options.dropout = next_dropout(stack.names[at + 2], dropout);
  }
  return std::make_unique<PooledConvolutionLayer>(options, shape);
}

// Returns the shape behind the layer.
Shape NetworkPlan::add_image_step(std::unique_ptr<const ImageLayer> layer,
                                  std::string reason) {
  ImageStep step{.layer = std::move(layer), .reason = std::move(reason)};
  for (const ParameterSpec& spec : step.layer->spec().parameters) {
    step.parameters.push_back(specs_.size());
    specs_.push_back(spec);
  }
  image_steps.push_back(std::move(step));
  return image_steps.back().layer->spec().dst;
}

}  // namespace polytask
