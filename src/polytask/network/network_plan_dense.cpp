// The dense layers of a plan: those of the trunk, and the heads.

#include "polytask/base/error.h"
#include "polytask/base/text.h"
#include "polytask/layers/dropout_layer.h"
#include "polytask/network/layer_names.h"
#include "polytask/network/network_plan.h"

namespace polytask {

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
                          shape, shared_features()));
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
                                       const Shape& shape, Slot src) {
  DenseLayerOptions complete = dense;
  complete.batch = options_.batch;
  complete.with_backward = options_.training;
  DenseStep step{.layer = DenseLayer(complete, shape),
                 .src = src,
                 .line = 1 + 2 * (image_steps.size() + dense_lines_++)};
  const std::size_t count = static_cast<std::size_t>(options_.batch) *
                            static_cast<std::size_t>(dense.units);
  step.partial =
      memory_.reserve(dense.name + " sums", step.layer.partial_count());
  step.dst = memory_.reserve(dense.name, count);
  if (options_.training) {
    step.diff_dst = memory_.reserve("diff " + dense.name, count);
    step.diff_bias = memory_.reserve("diff " + dense.name + "/bias",
                                     static_cast<std::size_t>(dense.units));
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
  RowStep row;
  row.layer = std::make_unique<DropoutLayer>(next_dropout(name, dropout),
                                             Shape{step.layer.units()});
  if (!options_.training) return;
  const auto batch = static_cast<std::size_t>(options_.batch);
  row.dst = memory_.reserve(row.layer->spec().name, step.dst.count);
  row.state_row = WorkspacePlan::aligned_bytes(row.layer->spec().state_bytes);
  row.state = memory_.reserve(row.layer->spec().name + " state",
                              batch * row.state_row / sizeof(float));
  step.after.push_back(std::move(row));
}

std::vector<DenseStep> NetworkPlan::make_head(const NetworkOutput& output,
                                              Shape shape) {
  std::vector<DenseStep> steps;
  Slot src = shared_features();
  int denses = 0;
  int dropouts = 0;
  for (const LayerOptions& layer : output.layers) {
    if (const auto* dense = std::get_if<Dense>(&layer)) {
      steps.push_back(
          make_dense_step({.name = cat(output.name, "/dense_", ++denses),
                           .units = dense->units,
                           .relu = dense->activation == Activation::relu},
                          shape, src));
      shape = {dense->units};
      src = steps.back().result();
      continue;
    }
    const auto* dropout = std::get_if<Dropout>(&layer);
    if (dropout == nullptr || steps.empty()) {
      throw Error(Fault::config,
                  cat("tasks.", output.name, ".head: expected dense layers, ",
                      "and dropouts behind them, got ", kind_of(layer)));
    }
    add_row_step(steps.back(), cat(output.name, "/dropout_", ++dropouts),
                 *dropout);
    src = steps.back().result();
  }
  steps.push_back(make_dense_step({.name = output.name, .units = output.units},
                                  shape, src));
  return steps;
}

void NetworkPlan::add_heads(const Shape& shape) {
  for (const NetworkOutput& output : options_.outputs) {
    heads.push_back(make_head(output, shape));
  }
  if (!options_.training) return;
  const std::size_t tasks = heads.size();
  const std::size_t count =
      element_count(shape) * static_cast<std::size_t>(options_.batch);
  const bool apart_here = options_.task_gradients == TaskGradients::features;
  const std::size_t apart = apart_here ? tasks : tasks > 1 ? 1 : 0;
  for (std::size_t i = 0; i < apart; ++i) {
    head_diffs.push_back(
        memory_.reserve(cat("diff of the shared features, ", i + 1), count));
  }
}

}  // namespace polytask
