// The dense layers of a plan: those of the trunk, and the heads.

#include "polytask/base/error.h"
#include "polytask/base/text.h"
#include "polytask/layers/dropout_layer.h"
#include "polytask/network/layer_names.h"
#include "polytask/network/network_plan.h"

namespace polytask {

void NetworkPlan::add_trunk_dense_layers(const NetworkOptions& network,
                                         std::size_t at) {
  const std::vector<std::string> names = layer_names(network.trunk);
  Shape shape = trunk_result_;
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

std::vector<DenseStep> NetworkPlan::make_head(std::size_t task) {
  const NetworkOutput& output = options_.outputs[task];
  const std::vector<std::string> names =
      layer_names(output.layers, output.name + "/");
  const Branch& branch = branches[task];
  const bool behind_dense = !dense_steps.empty();
  Shape shape = behind_dense ? shared_shape() : branch.result;
  Slot src = behind_dense ? shared_features() : branch.rows;
  std::vector<DenseStep> steps;
  for (std::size_t at = branch.layers; at < output.layers.size(); ++at) {
    const LayerOptions& layer = output.layers[at];
    if (const auto* dense = std::get_if<Dense>(&layer)) {
      steps.push_back(
          make_dense_step({.name = names[at],
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
                      "and dropouts behind them, got ", kind_of(layer),
                      "; for layers of images, end the trunk before its "
                      "flatten"));
    }
    add_row_step(steps.back(), names[at], *dropout);
    src = steps.back().result();
  }
  steps.push_back(make_dense_step({.name = output.name, .units = output.units},
                                  shape, src));
  return steps;
}

void NetworkPlan::add_heads() {
  const std::size_t tasks = options_.outputs.size();
  for (std::size_t t = 0; t < tasks; ++t) heads.push_back(make_head(t));
  if (!options_.training) return;
  const std::size_t count = shared_features().count;
  const bool apart_here = options_.task_gradients == TaskGradients::features;
  const std::size_t apart = apart_here ? tasks : tasks > 1 ? 1 : 0;
  for (std::size_t i = 0; i < apart; ++i) {
    head_diffs.push_back(
        memory_.reserve(cat("diff of the shared features, ", i + 1), count));
  }
}

}  // namespace polytask
