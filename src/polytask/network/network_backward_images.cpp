// Backward of the image stage: shards, and the images of a shard.

#include <algorithm>
#include <numeric>
#include <thread>

#include "polytask/kernels/elementwise.h"
#include "polytask/network/network.h"

namespace polytask {
namespace {

constexpr int kShards = NetworkPlan::kShards;

}  // namespace

// Leaves the gradients of the batch where for_each_gradient finds them.
void Network::backward_images() {
  if (plan_->in_bands()) {
    for (int image = 0; image < batch_.images; ++image) {
      backward_in_parts(image);
    }
    return;
  }
  // The larger ones first, so that all threads end at about the same time.
  std::array<int, kShards> order;
  std::iota(order.begin(), order.end(), 0);
  const auto images = [this](int shard) {
    if (shard >= shards()) return 0;
    const Rows rows = shard_rows(shard);
    return rows.last - rows.first;
  };
  std::ranges::sort(order, [&](int a, int b) {
    return images(a) != images(b) ? images(a) > images(b) : a < b;
  });
  pool_.run(shards(), [&](int part, int worker) {
    backward_shard(order[static_cast<std::size_t>(part)], worker);
  });
  sum_shards();
  const auto& weighted = plan_->weighted_steps;
  pool_.run(static_cast<int>(weighted.size()), [&](int part, int) {
    unpack_gradient(weighted[static_cast<std::size_t>(part)]);
  });
}

void Network::backward_shard(int shard, int worker) {
  const Rows rows = shard_rows(shard);
  const ShardGradient gradient{
      .sum = workspace_[plan_->shard_gradients].data() +
             static_cast<std::size_t>(shard) * plan_->gradient_stride,
      .first_image = rows.first};
  for (int i = rows.first; i < rows.last; i += plan_->group) {
    const Rows group{.first = i, .last = std::min(i + plan_->group, rows.last)};
    backward_group(group, worker, gradient);
  }
}

BackwardPass Network::pass_of(const ImageStep& step, int image, int worker,
                              ShardGradient shard) const {
  const ImageLayerSpec& spec = step.layer->spec();
  const auto i = static_cast<std::size_t>(&step - plan_->image_steps.data());
  const bool last = i + 1 == plan_->image_steps.size();
  float* features = workspace_[plan_->diff_feature_rows].data() +
                    static_cast<std::size_t>(image) * plan_->features();
  return {
      .src = spec.backward_reads_src ? at(step.src, image, worker) : nullptr,
      .dst = spec.backward_reads_dst ? at(step.dst, image, worker) : nullptr,
      .state = state_of(step, image),
      .prepared = prepared(step, worker),
      .diff_dst = last ? features
                       : at(plan_->image_steps[i + 1].diff_src, image, worker),
      .diff_src = i == 0 ? nullptr : at(step.diff_src, image, worker),
      .gradient = shard.sum + step.gradient_offset,
      .first = image == shard.first_image,
      .scratch = worker_scratch(worker, plan_->layer_scratch)};
}

// The first layer's input has no gradient; a layer without parameters has
// nothing to do there.
bool Network::has_backward(const ImageStep& step) const {
  return &step != plan_->image_steps.data() ||
         step.layer->spec().gradient_count > 0;
}

// Layer by layer: a layer's weights and their gradient stay in the cache for
// all the images, and a convolution takes them at once.
void Network::backward_group(const Rows& images, int worker,
                             ShardGradient shard) {
  const auto& steps = plan_->image_steps;
  if (plan_->recompute_first) {
    for (int image = images.first; image < images.last; ++image) {
      scale_input(image, worker);
      forward_step(steps.front(), image, worker);
    }
  }
  for (std::size_t i = steps.size(); i-- > 0;) {
    if (!has_backward(steps[i])) return;
    if (i > 0) bring_weights(steps[i], worker, Pass::backward);
    clock_.measure(worker, line_of(steps[i]) + 1, [&] {
      const bool at_once = steps[i].layer->spec().backward_takes_groups;
      const int count = at_once ? images.last - images.first : 1;
      for (int image = images.first; image < images.last; image += count) {
        BackwardPass pass = pass_of(steps[i], image, worker, shard);
        pass.images = count;
        steps[i].layer->backward(pass);
      }
    });
  }
}

// All threads work on one image, whose activations are those of worker 0. One
// takes the gradient from layer to layer; the others follow with the gradients
// of the weights. A part waits for an earlier one only, which somebody has.
void Network::backward_in_parts(int image) {
  const ShardGradient gradient{.sum = workspace_[plan_->shard_gradients].data(),
                               .first_image = image};
  if (plan_->recompute_first) {
    scale_input(image, 0);
    forward_bands(plan_->image_steps.front(), image);
  }
  std::atomic<std::size_t> begun = plan_->image_steps.size();  // and all behind
  const auto& weighted = plan_->weighted_steps;
  pool_.run(1 + static_cast<int>(weighted.size()), [&](int part, int worker) {
    if (part == 0) {
      backward_chain(image, worker, gradient, begun);
      return;
    }
    const std::size_t at = weighted[static_cast<std::size_t>(part - 1)];
    while (begun > at) std::this_thread::yield();
    const ImageStep& step = plan_->image_steps[at];
    BackwardPass pass = pass_of(step, image, 0, gradient);
    pass.scratch = worker_scratch(worker, plan_->layer_scratch);
    clock_.measure(worker, line_of(step) + 1,
                   [&] { step.layer->backward_weights(pass); });
    unpack_gradient(at);
  });
}

//   begun   the step whose gradient of the result is complete, counted down
void Network::backward_chain(int image, int worker, ShardGradient shard,
                             std::atomic<std::size_t>& begun) {
  const auto& steps = plan_->image_steps;
  for (std::size_t i = steps.size(); i-- > 0;) {
    if (!has_backward(steps[i])) return;
    if (i > 0) bring_weights(steps[i], worker, Pass::backward);
    BackwardPass pass = pass_of(steps[i], image, 0, shard);
    pass.prepared = prepared(steps[i], worker);
    pass.scratch = worker_scratch(worker, plan_->layer_scratch);
    clock_.measure(worker, line_of(steps[i]) + 1, [&] {
      steps[i].layer->begin_backward(pass);
      begun = i;
      steps[i].layer->backward_data(pass);
    });
  }
}

// Neighbours first, then pairs, then fours, into the first shard.
void Network::sum_shards() {
  const auto count = static_cast<std::size_t>(shards());
  if (plan_->gradient_stride == 0 || count == 1) return;
  const std::size_t stride = plan_->gradient_stride;
  float* sums = workspace_[plan_->shard_gradients].data();
  pool_.run(kShards, [&](int part, int) {
    const std::size_t begin = stride * static_cast<std::size_t>(part) / kShards;
    const std::size_t end =
        stride * static_cast<std::size_t>(part + 1) / kShards;
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
