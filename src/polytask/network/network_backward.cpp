#include <algorithm>
#include <numeric>

#include "polytask/kernels/elementwise.h"
#include "polytask/network/layer_parameters.h"
#include "polytask/network/network.h"

namespace polytask {
namespace {

constexpr int kShards = NetworkPlan::kShards;

}  // namespace

void Network::backward() {
  backward_heads();
  backward_trunk();
}

// From the gradient of the shared features on.
void Network::backward_trunk() {
  const auto& dense = plan_->dense_steps;
  for (std::size_t i = dense.size(); i-- > 0;) {
    backward_rows(dense[i]);
    const Slot diff_src =
        i == 0 ? plan_->diff_feature_rows : dense[i - 1].diff_dst;
    if (i == 0 && plan_->image_steps.empty()) break;
    backward_dense(dense[i], workspace_[diff_src].data());
  }
  plan_->for_each_dense([this](const DenseStep& step) {
    step.layer.bias_gradient(workspace_[step.diff_dst].data(),
                             workspace_[step.diff_bias]);
  });
  if (plan_->image_steps.empty()) return;
  backward_images();
  sum_shards();
  pool_.run(static_cast<int>(plan_->image_steps.size()), [&](int part, int) {
    const ImageStep& step = plan_->image_steps[static_cast<std::size_t>(part)];
    if (step.parameters.empty()) return;
    std::array<std::span<float>, 2> own;
    for (std::size_t i = 0; i < step.gradients.size(); ++i) {
      own[i] = workspace_[step.gradients[i]];
    }
    step.layer->unpack_gradient(
        workspace_[plan_->shard_gradients].data() + step.gradient_offset,
        std::span(own).first(step.gradients.size()));
  });
}

void Network::backward(ParameterStore& gradients) {
  backward();
  for_each_gradient([&](std::size_t parameter, std::size_t first,
                        std::span<const float> gradient) {
    std::ranges::copy(gradient, gradients[parameter].subspan(first).begin());
  });
}

void Network::for_each_gradient(GradientSink sink) {
  for (const ImageStep& step : plan_->image_steps) {
    for (std::size_t i = 0; i < step.parameters.size(); ++i) {
      sink(step.parameters[i], 0, workspace_[step.gradients[i]]);
    }
  }
  plan_->for_each_dense([&](const DenseStep& step) {
    sink(step.bias, 0, workspace_[step.diff_bias]);
    pool_.run(step.layer.gradient_blocks(), [&](int block, int worker) {
      clock_.measure(worker, step.line + 1,
                     [&] { hand_out(step, block, worker, sink); });
    });
  });
}

void Network::hand_out(const DenseStep& step, int block, int worker,
                       GradientSink sink) const {
  float* rows = worker_scratch(worker, plan_->gradient_block);
  const DenseLayer::Rows at = step.layer.kernel_gradient_block(
      block, workspace_[step.src].data(), workspace_[step.diff_dst].data(),
      rows, worker_scratch(worker, plan_->layer_scratch));
  const auto units = static_cast<std::size_t>(step.layer.units());
  sink(step.kernel, static_cast<std::size_t>(at.first) * units,
       {rows, static_cast<std::size_t>(at.count) * units});
}

float Network::gradient_bound(std::size_t parameter) {
  for (const ImageStep& step : plan_->image_steps) {
    for (std::size_t i = 0; i < step.parameters.size(); ++i) {
      if (step.parameters[i] != parameter) continue;
      return kernels::largest_magnitude(workspace_[step.gradients[i]]);
    }
  }
  float bound = 0.0f;
  plan_->for_each_dense([&](const DenseStep& step) {
    if (step.bias == parameter) {
      bound = kernels::largest_magnitude(workspace_[step.diff_bias]);
    } else if (step.kernel == parameter) {
      // A sum of as many products as there are images.
      bound = static_cast<float>(plan_->options().batch) *
              largest_in(workspace_[step.src]) *
              largest_in(workspace_[step.diff_dst]);
    }
  });
  return bound;
}

float Network::largest_in(std::span<const float> values) {
  std::array<float, kShards> largest;
  pool_.run(kShards, [&](int shard, int) {
    const auto edge = [&](int s) {
      return values.size() * static_cast<std::size_t>(s) / kShards;
    };
    largest[static_cast<std::size_t>(shard)] = kernels::largest_magnitude(
        values.subspan(edge(shard), edge(shard + 1) - edge(shard)));
  });
  return kernels::largest_magnitude(largest);
}

// Leaves the sum over all heads in the gradient of the shared features.
void Network::backward_heads() {
  const Slot total = plan_->diff_shared_features();
  for (std::size_t t = 0; t < plan_->heads.size(); ++t) {
    const Slot own = t == 0 ? total : plan_->head_diffs.front();
    backward_head(t, own);
    if (t > 0) kernels::add_to(workspace_[total], workspace_[own]);
  }
}

// One task's gradient of the shared features, from that of its logits.
void Network::backward_head(std::size_t task, Slot diff_features) {
  const std::vector<DenseStep>& steps = plan_->heads[task];
  const DenseStep& last = steps.back();
  const auto used =
      static_cast<std::size_t>(batch_.images * last.layer.units());
  std::ranges::fill(workspace_[last.diff_dst].subspan(used), 0.0f);
  for (std::size_t i = steps.size(); i-- > 0;) {
    if (i + 1 < steps.size()) backward_rows(steps[i]);
    const Slot diff_src = i == 0 ? diff_features : steps[i - 1].diff_dst;
    backward_dense(steps[i], workspace_[diff_src].data());
  }
}

void Network::backward_dense(const DenseStep& step, float* diff_src) {
  pool_.run(step.layer.parts(), [&](int part, int worker) {
    clock_.measure(worker, step.line + 1, [&] {
      step.layer.backward_data_part(
          part, workspace_[step.diff_dst].data(), (*parameters_)[step.kernel],
          diff_src, worker_scratch(worker, plan_->layer_scratch));
    });
  });
}

// Turns the gradient of a step's result, in place, into that before its relu.
void Network::backward_rows(const DenseStep& step) {
  const auto units = static_cast<std::size_t>(step.layer.units());
  pool_.run(kShards, [&](int shard, int) {
    const int batch = plan_->options().batch;
    for (int i = batch * shard / kShards; i < batch * (shard + 1) / kShards;
         ++i) {
      const std::size_t row = static_cast<std::size_t>(i) * units;
      float* diff = workspace_[step.diff_dst].data() + row;
      for (std::size_t a = step.after.size(); a-- > 0;) {
        step.after[a].layer->backward({.state = state_of(step.after[a], i),
                                       .diff_dst = diff,
                                       .diff_src = diff});
      }
      if (!step.layer.relu()) continue;
      kernels::mask_relu({workspace_[step.dst].data() + row, units},
                         {diff, units});
    }
  });
}

void Network::backward_images() {
  if (plan_->in_bands()) {
    for (int shard = 0; shard < shards(); ++shard) backward_shard(shard, 0);
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
}

void Network::backward_shard(int shard, int worker) {
  const Rows rows = shard_rows(shard);
  const ShardGradient gradient{
      .sum = workspace_[plan_->shard_gradients].data() +
             static_cast<std::size_t>(shard) * plan_->gradient_stride,
      .first_image = rows.first};
  for (int i = rows.first; i < rows.last; i += plan_->group) {
    const Rows group{.first = i, .last = std::min(i + plan_->group, rows.last)};
    plan_->in_bands() ? backward_in_parts(i, gradient)
                      : backward_group(group, worker, gradient);
  }
}

BackwardPass Network::pass_of(const ImageStep& step, int image, int worker,
                              ShardGradient shard) const {
  const ImageLayerSpec& spec = step.layer->spec();
  const auto i = static_cast<std::size_t>(&step - plan_->image_steps.data());
  const bool last = i + 1 == plan_->image_steps.size();
  float* features = workspace_[plan_->diff_feature_rows].data() +
                    static_cast<std::size_t>(image) * plan_->features();
  const auto diff = [&](std::size_t of) {
    const Place at_turn{
        .offset = plan_->diff[of % 2],
        .count = element_count(plan_->image_steps[of].layer->spec().src)};
    return at(at_turn, image, worker);
  };
  return {
      .src = spec.backward_reads_src ? at(step.src, image, worker) : nullptr,
      .dst = spec.backward_reads_dst ? at(step.dst, image, worker) : nullptr,
      .state = state_of(step, image),
      .prepared = workspace_[step.prepared].data(),
      .diff_dst = last ? features : diff(i + 1),
      .diff_src = i == 0 ? nullptr : diff(i),
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

// All threads work on one image; its gradients are those of worker 0.
void Network::backward_in_parts(int image, ShardGradient shard) {
  const auto& steps = plan_->image_steps;
  if (plan_->recompute_first) {
    scale_input(image, 0);
    forward_bands(steps.front(), image);
  }
  for (std::size_t i = steps.size(); i-- > 0;) {
    const ImageStep& step = steps[i];
    if (!has_backward(step)) return;
    const BackwardPass whole = pass_of(step, image, 0, shard);
    clock_.measure(0, line_of(step) + 1,
                   [&] { step.layer->begin_backward(whole); });
    pool_.run(step.layer->backward_parts(), [&](int part, int worker) {
      BackwardPass pass = whole;
      pass.scratch = worker_scratch(worker, plan_->layer_scratch);
      clock_.measure(worker, line_of(step) + 1,
                     [&] { step.layer->backward_part(part, pass); });
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

}  // namespace polytask
