// A plan in words and numbers.

#include <algorithm>

#include "polytask/base/text.h"
#include "polytask/network/network_plan.h"

namespace polytask {

std::vector<std::string> NetworkPlan::implementations() const {
  std::vector<std::string> texts;
  for (const ImageStep& step : image_steps) {
    texts.push_back(
        cat(step.layer->spec().name, ": ", step.layer->spec().implementation));
  }
  for_each_dense([&](const DenseStep& step) {
    texts.push_back(cat(step.layer.name(), ": ", step.layer.implementation()));
  });
  return texts;
}

double NetworkPlan::forward_flops() const {
  double flops = 0.0;
  for (const ImageStep& step : image_steps) {
    flops += step.layer->spec().forward_flops;
  }
  for_each_dense(
      [&](const DenseStep& step) { flops += step.layer.forward_flops(); });
  return flops;
}

std::string NetworkPlan::describe() const {
  std::string text;
  for (const LayerDescription& layer : layers()) {
    text += cat(layer.name, "  ", to_text(layer.src), " -> ",
                to_text(layer.dst), "  ", layer.parameters, " parameters  ",
                layer.implementation, "\n");
  }
  return text;
}

std::vector<LayerDescription> NetworkPlan::layers() const {
  std::vector<LayerDescription> all;
  all.push_back(
      {.name = "input",
       .src = options_.input,
       .dst = options_.input,
       .implementation = "own",
       .reason = "own: the only one",
       .kept_bytes = kept_bytes(input, element_count(options_.input))});
  for (const ImageStep& step : image_steps) all.push_back(describe(step));
  bool with_diff_src = trunk_steps > 0;
  for (const DenseStep& step : dense_steps) {
    all.push_back(describe(step, with_diff_src));
    for (const RowStep& after : step.after) all.push_back(describe(after));
    with_diff_src = true;
  }
  for (const auto& head : heads) {
    for (const DenseStep& step : head) {
      all.push_back(describe(step, true));
      for (const RowStep& after : step.after) all.push_back(describe(after));
    }
  }
  return all;
}

LayerDescription NetworkPlan::describe(const ImageStep& step) const {
  const ImageLayerSpec& spec = step.layer->spec();
  const bool first = &step == image_steps.data();
  LayerDescription found{
      .name = spec.name,
      .src = spec.src,
      .dst = spec.dst,
      .implementation = spec.implementation,
      .reason = step.reason,
      .forward_flops = spec.forward_flops,
      .prepared_bytes = step.layer->spec().prepared_count * sizeof(float),
      .kept_bytes = kept_bytes(step.dst, element_count(spec.dst))};
  for (const ParameterSpec& parameter : spec.parameters) {
    found.parameters += element_count(parameter.shape);
  }
  found.weight_bytes = found.parameters * sizeof(float);
  if (!options_.training) return found;
  const auto at = static_cast<std::size_t>(&step - image_steps.data());
  const int passes = at < trunk_steps ? trunk_passes() : 1;
  found.backward_flops = spec.forward_flops * (first ? 1.0 : 2.0) * passes;
  found.backward_skips_zeros = spec.backward_skips_zeros;
  found.forward_runs = first && recompute_first ? 1 + passes : 1;
  found.kept_bytes +=
      spec.state_bytes * static_cast<std::size_t>(options_.batch);
  return found;
}

//   with_diff_src   whether someone needs the gradient of what it reads
LayerDescription NetworkPlan::describe(const DenseStep& step,
                                       bool with_diff_src) const {
  const DenseLayer& layer = step.layer;
  LayerDescription found{.name = layer.name(),
                         .src = {layer.features()},
                         .dst = {layer.units()},
                         .implementation = layer.implementation(),
                         .reason = "oneDNN: a matrix product",
                         .forward_flops = layer.forward_flops()};
  for (const ParameterSpec& parameter : layer.parameters()) {
    found.parameters += element_count(parameter.shape);
  }
  found.weight_bytes = found.parameters * sizeof(float);
  if (!options_.training) return found;
  // The gradient of the kernel is computed once, of what all tasks left.
  const bool in_trunk = std::ranges::any_of(
      dense_steps, [&](const DenseStep& other) { return &other == &step; });
  const int passes = in_trunk ? trunk_passes() : 1;
  found.backward_flops =
      layer.forward_flops() * (with_diff_src ? 1.0 + passes : 1.0);
  const bool logits = std::ranges::any_of(
      heads, [&](const auto& head) { return &head.back() == &step; });
  if (!logits) found.kept_bytes = step.dst.count * sizeof(float);
  return found;
}

// How often a step goes backward through the trunk.
int NetworkPlan::trunk_passes() const {
  return std::max(1, static_cast<int>(task_trunks.size()));
}

LayerDescription NetworkPlan::describe(const RowStep& step) const {
  const ImageLayerSpec& spec = step.layer->spec();
  return {.name = spec.name,
          .src = spec.src,
          .dst = spec.dst,
          .implementation = spec.implementation,
          .reason = "own: the only one",
          .kept_bytes = (step.dst.count + step.state.count) * sizeof(float)};
}

// Of `count` floats an image, over a whole batch: 0 for what is gone with the
// next image.
std::size_t NetworkPlan::kept_bytes(const Place& at, std::size_t count) const {
  if (!options_.training || at.area == Place::Area::scratch) return 0;
  return count * static_cast<std::size_t>(options_.batch) * sizeof(float);
}

}  // namespace polytask
