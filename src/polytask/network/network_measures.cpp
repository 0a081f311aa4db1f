// What a network says of itself once it has run: times, and survivors.

#include "polytask/network/network.h"

namespace polytask {

std::vector<LayerTime> Network::layer_times() const {
  std::vector<LayerTime> times{{"input", "forward", clock_.seconds(0)}};
  const auto add = [&](const std::string& name, std::size_t line) {
    times.push_back({name, "forward", clock_.seconds(line)});
    times.push_back({name, "backward", clock_.seconds(line + 1)});
  };
  for (const ImageStep& step : plan_->image_steps) {
    add(step.layer->spec().name, line_of(step));
  }
  plan_->for_each_dense(
      [&](const DenseStep& step) { add(step.layer.name(), step.line); });
  return times;
}

std::vector<LayerSurvivors> Network::survivors() const {
  std::vector<LayerSurvivors> all;
  if (!training_) return all;
  for (const ImageStep& step : plan_->image_steps) {
    const ImageLayerSpec& spec = step.layer->spec();
    Survivors sum;
    if (spec.computed_share) {
      // Summed over the images, as gradients are, in the first shard.
      const float share =
          workspace_[plan_->shard_gradients]
                    [step.gradient_offset + *spec.computed_share];
      const std::size_t one = element_count(spec.dst);
      sum.elements = one * static_cast<std::size_t>(batch_.images);
      sum.windows = sum.elements;
      sum.alive = static_cast<std::size_t>(share * static_cast<float>(one));
      all.push_back({spec.name, sum});
      continue;
    }
    for (int i = 0; i < batch_.images; ++i) {
      const auto one = step.layer->survivors(state_of(step, i));
      if (!one) break;
      sum.alive += one->alive;
      sum.windows += one->windows;
      sum.elements += one->elements;
    }
    if (sum.windows > 0) all.push_back({spec.name, sum});
  }
  return all;
}

}  // namespace polytask
