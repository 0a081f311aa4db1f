// Backward of the image stage: shards, and the images of a shard.

#include <algorithm>
#include <thread>

#include "polytask/kernels/elementwise.h"
#include "polytask/network/network.h"

namespace polytask {
namespace {

constexpr int kShards = NetworkPlan::kShards;

}  // namespace

// Leaves the gradients of the batch where for_each_gradient finds them.
void Network::backward_images(const Steps& steps) {
  if (plan_->in_bands()) {
    for (int image = 0; image < batch_.images; ++image) {
      backward_in_parts(steps, image);
    }
    return;
  }
  for_each_shard(
      [&](int shard, int worker) { backward_shard(steps, shard, worker); });
  sum_shards(steps);
  const auto weighted = weighted_steps(steps);
  pool_.run(static_cast<int>(weighted.size()), [&](int part, int) {
    unpack_gradient(weighted[static_cast<std::size_t>(part)]);
  });
}

// Those of the steps that have parameters, last first.
std::span<const std::size_t> Network::weighted_steps(const Steps& steps) const {
  const std::span<const std::size_t> all(plan_->weighted_steps);
  const auto behind = [&](std::size_t last) {
    return std::ranges::find_if(all, [&](std::size_t i) { return i < last; });
  };
  return {behind(steps.last), behind(steps.first)};
}

void Network::backward_shard(const Steps& steps, int shard, int worker) {
  const Rows rows = shard_rows(shard);
  const ShardGradient gradient{
      .sum = workspace_[plan_->shard_gradients].data() +
             static_cast<std::size_t>(shard) * plan_->gradient_stride,
      .first_image = rows.first};
  for (int i = rows.first; i < rows.last; i += plan_->micro_batch) {
    const Rows micro_batch{.first = i,
                           .last = std::min(i + plan_->micro_batch, rows.last)};
    backward_micro_batch(steps, micro_batch, worker, gradient);
  }
}

float* Network::row_of(Slot rows, int image) const {
  const auto batch = static_cast<std::size_t>(plan_->options().batch);
  return workspace_[rows].data() +
         rows.count / batch * static_cast<std::size_t>(image);
}

BackwardPass Network::pass_of(const Steps& steps, std::size_t i, int image,
                              int worker, ShardGradient shard) const {
  const ImageStep& step = plan_->image_steps[i];
  const ImageLayerSpec& spec = step.layer->spec();
  BackwardPass pass{
      .src = spec.backward_reads_src ? at(step.src, image, worker) : nullptr,
      .dst = spec.backward_reads_dst ? at(step.dst, image, worker) : nullptr,
      .state = state_of(step, image),
      .prepared = prepared(step, worker),
      .gradient = shard.sum + step.gradient_offset,
      .first = image == shard.first_image,
      .scratch = worker_scratch(worker, plan_->layer_scratch)};
  pass.diff_dst = i + 1 == steps.last
                      ? row_of(steps.diff_dst, image)
                      : at(plan_->image_steps[i + 1].diff_src, image, worker);
  if (i > steps.first) {
    pass.diff_src = at(step.diff_src, image, worker);
  } else if (steps.diff_src.count > 0) {
    pass.diff_src = row_of(steps.diff_src, image);
  }
  return pass;
}

// Where no one needs the gradient of what the first layer reads, a layer
// without parameters has nothing to do there.
bool Network::has_backward(const Steps& steps, std::size_t i) const {
  return i > steps.first || steps.diff_src.count > 0 ||
         plan_->image_steps[i].layer->spec().gradient_count > 0;
}

// Layer by layer: a layer's weights and their gradient stay in the cache for
// all the images, and a convolution takes them at once.
void Network::backward_micro_batch(const Steps& steps, const Rows& images,
                                   int worker, ShardGradient shard) {
  if (steps.first == 0 && plan_->recompute_first) {
    for (int image = images.first; image < images.last; ++image) {
      scale_input(image, worker);
      forward_step(plan_->image_steps.front(), image, 1, worker);
    }
  }
  for (std::size_t i = steps.last; i-- > steps.first;) {
    if (!has_backward(steps, i)) return;
    const ImageStep& step = plan_->image_steps[i];
    if (i > 0) ensure_packed(step, worker, Pass::backward);
    clock_.measure(worker, line_of(step) + 1, [&] {
      const bool at_once = step.layer->spec().backward_takes_micro_batches;
      const int count = at_once ? images.last - images.first : 1;
      for (int image = images.first; image < images.last; image += count) {
        BackwardPass pass = pass_of(steps, i, image, worker, shard);
        pass.images = count;
        step.layer->backward(pass);
      }
    });
  }
}

// All threads work on one image, whose activations are those of worker 0. One
// takes the gradient from layer to layer; the others follow with the gradients
// of the weights. A part waits for an earlier one only, which someone has.
void Network::backward_in_parts(const Steps& steps, int image) {
  const ShardGradient gradient{.sum = workspace_[plan_->shard_gradients].data(),
                               .first_image = image};
  if (steps.first == 0 && plan_->recompute_first) {
    scale_input(image, 0);
    forward_bands({.first = 0, .last = 1}, image);
  }
  std::atomic<std::size_t> begun = steps.last;  // and all behind
  const auto weighted = weighted_steps(steps);
  pool_.run(1 + static_cast<int>(weighted.size()), [&](int part, int worker) {
    if (part == 0) {
      backward_chain(steps, image, worker, gradient, begun);
      return;
    }
    const std::size_t at = weighted[static_cast<std::size_t>(part - 1)];
    while (begun > at) std::this_thread::yield();
    const ImageStep& step = plan_->image_steps[at];
    BackwardPass pass = pass_of(steps, at, image, 0, gradient);
    pass.scratch = worker_scratch(worker, plan_->layer_scratch);
    clock_.measure(worker, line_of(step) + 1,
                   [&] { step.layer->backward_weights(pass); });
    unpack_gradient(at);
  });
}

//   begun   the step whose gradient of the result is complete, counted down
void Network::backward_chain(const Steps& steps, int image, int worker,
                             ShardGradient shard,
                             std::atomic<std::size_t>& begun) {
  for (std::size_t i = steps.last; i-- > steps.first;) {
    if (!has_backward(steps, i)) return;
    const ImageStep& step = plan_->image_steps[i];
    if (i > 0) ensure_packed(step, worker, Pass::backward);
    BackwardPass pass = pass_of(steps, i, image, 0, shard);
    pass.prepared = prepared(step, worker);
    pass.scratch = worker_scratch(worker, plan_->layer_scratch);
    clock_.measure(worker, line_of(step) + 1, [&] {
      step.layer->begin_backward(pass);
      begun = i;
      step.layer->backward_data(pass);
    });
  }
}

// Neighbours first, then pairs, then fours, into the first shard.
void Network::sum_shards(const Steps& steps) {
  const auto count = static_cast<std::size_t>(shards());
  const std::size_t stride = plan_->gradient_stride;
  const auto& all = plan_->image_steps;
  const std::size_t first = all[steps.first].gradient_offset;
  const std::size_t last =
      steps.last == all.size() ? stride : all[steps.last].gradient_offset;
  if (first == last || count == 1) return;
  float* sums = workspace_[plan_->shard_gradients].data();
  pool_.run(kShards, [&](int part, int) {
    const auto edge = [&](int p) {
      return first + (last - first) * static_cast<std::size_t>(p) / kShards;
    };
    const std::size_t begin = edge(part);
    const std::size_t end = edge(part + 1);
    for (std::size_t step = 1; step < count; step *= 2) {
      for (std::size_t s = 0; s + step < count; s += 2 * step) {
        kernels::add_to({sums + s * stride + begin, end - begin},
                        {sums + (s + step) * stride + begin, end - begin});
      }
    }
  });
}

void Network::unpack_gradient(std::size_t at) {
  const ImageStep& step = plan_->image_steps[at];
  std::array<std::span<float>, 2> own;
  for (std::size_t i = 0; i < step.gradients.size(); ++i) {
    own[i] = workspace_[step.gradients[i]];
  }
  step.layer->unpack_gradient(
      workspace_[plan_->shard_gradients].data() + step.gradient_offset,
      std::span(own).first(step.gradients.size()));
}

}  // namespace polytask
