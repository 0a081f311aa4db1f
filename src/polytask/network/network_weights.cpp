// The weights as the layers of the image stage read them: prepared once for all
// workers, or by each for itself.

#include <algorithm>

#include "polytask/base/held_signals.h"
#include "polytask/network/layer_parameters.h"
#include "polytask/network/network.h"

namespace polytask {

void Network::prepare(const ParameterStore& parameters) {
  const HeldSignals held;
  parameters_ = &parameters;
  ++version_;
  if (plan_->own_weights) return;
  const auto& parts = plan_->prepare_parts;
  pool_.run(static_cast<int>(parts.size()), [&](int number, int) {
    const auto [at, part] = parts[static_cast<std::size_t>(number)];
    prepare_part(plan_->image_steps[at], part, 0);
  });
}

void Network::prepare_part(const ImageStep& step, int part, int worker) {
  const LayerParameters<const float> own(*parameters_, step.parameters);
  step.layer->prepare_part(part, own.view(), prepared(step, worker));
}

float* Network::prepared(const ImageStep& step, int worker) const {
  return workspace_[step.prepared].data() +
         static_cast<std::size_t>(worker) * step.prepared_stride;
}

// Where each worker has weights of its own, prepares what is older than the
// parameters.
void Network::ensure_packed(const ImageStep& step, int worker, Pass pass) {
  if (!plan_->own_weights) return;
  const auto at = static_cast<std::size_t>(&step - plan_->image_steps.data());
  Versions& mine = versions_[static_cast<std::size_t>(worker)][at];
  std::uint64_t& seen = pass == Pass::forward ? mine.forward : mine.backward;
  if (seen == version_) return;
  seen = version_;
  const int parts = step.layer->prepare_parts();
  const int first = pass == Pass::forward ? 0 : 1;
  const int last = pass == Pass::forward ? std::min(1, parts) : parts;
  for (int part = first; part < last; ++part) prepare_part(step, part, worker);
}

}  // namespace polytask
