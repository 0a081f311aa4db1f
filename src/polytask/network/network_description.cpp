// A plan in words and numbers.

#include "polytask/base/text.h"
#include "polytask/network/network_plan.h"

namespace polytask {

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
