#include "polytask/train/gradient_step.h"

namespace polytask {

std::optional<std::string> unusable_gradient(Network& network) {
  constexpr float kLimit = 0x1p63f;
  const auto& specs = network.plan().parameters().specs();
  for (std::size_t i = 0; i < specs.size(); ++i) {
    if (!(network.gradient_bound(i) < kLimit)) return specs[i].name;
  }
  return std::nullopt;
}

void update_parameters(Network& network, const Adam& adam,
                       ParameterStore& parameters, AdamMemory& memory) {
  network.for_each_gradient([&](std::size_t parameter, std::size_t first,
                                std::span<const float> gradient) {
    adam.update(parameters[parameter].subspan(first, gradient.size()), gradient,
                memory.range(parameter, first, gradient.size()));
  });
}

}  // namespace polytask
