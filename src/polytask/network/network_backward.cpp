#include <algorithm>

#include "polytask/kernels/elementwise.h"
#include "polytask/network/layer_parameters.h"
#include "polytask/network/network.h"

namespace polytask {
namespace {

constexpr int kShards = NetworkPlan::kShards;

}  // namespace

void Network::backward() {
  backward_heads();
  const auto& dense = plan_->dense_steps;
  for (std::size_t i = dense.size(); i-- > 0;) {
    backward_rows(dense[i]);
    const Slot diff_src =
        i == 0 ? plan_->diff_feature_rows : dense[i - 1].diff_dst;
    if (i == 0 && plan_->image_steps.empty()) break;
    backward_dense(dense[i], workspace_[diff_src].data());
  }
  for (const auto* steps : {&plan_->dense_steps, &plan_->heads}) {
    for (const DenseStep& step : *steps) {
      step.layer.bias_gradient(workspace_[step.diff_dst].data(),
                               workspace_[step.diff_bias]);
    }
  }
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
  for (const auto* steps : {&plan_->dense_steps, &plan_->heads}) {
    for (const DenseStep& step : *steps) {
      sink(step.bias, 0, workspace_[step.diff_bias]);
      pool_.run(step.layer.gradient_blocks(), [&](int block, int worker) {
        clock_.measure(worker, line_of(step) + 1,
                       [&] { hand_out(step, block, worker, sink); });
      });
    }
  }
}

void Network::hand_out(const DenseStep& step, int block, int worker,
                       GradientSink sink) const {
  float* rows = worker_scratch(worker, plan_->gradient_block);
  const DenseLayer::Rows at = step.layer.kernel_gradient_block(
      block, workspace_[src_of(step)].data(), workspace_[step.diff_dst].data(),
      rows, worker_scratch(worker, plan_->layer_scratch));
  const auto units = static_cast<std::size_t>(step.layer.units());
  sink(step.kernel, static_cast<std::size_t>(at.first) * units,
       {rows, static_cast<std::size_t>(at.count) * units});
}

// Where the rows come from that a dense layer or head reads.
Slot Network::src_of(const DenseStep& step) const {
  const auto& dense = plan_->dense_steps;
  const auto index = static_cast<std::size_t>(&step - dense.data());
  const std::size_t before = index < dense.size() ? index : dense.size();
  return before == 0 ? plan_->feature_rows : dense[before - 1].result();
}

float Network::gradient_bound(std::size_t parameter) {
  for (const ImageStep& step : plan_->image_steps) {
    for (std::size_t i = 0; i < step.parameters.size(); ++i) {
      if (step.parameters[i] != parameter) continue;
      return kernels::largest_magnitude(workspace_[step.gradients[i]]);
    }
  }
  for (const auto* steps : {&plan_->dense_steps, &plan_->heads}) {
    for (const DenseStep& step : *steps) {
      if (step.bias == parameter) {
        return kernels::largest_magnitude(workspace_[step.diff_bias]);
      }
      if (step.kernel != parameter) continue;
      // A sum of as many products as there are images.
      return static_cast<float>(plan_->options().batch) *
             largest_in(workspace_[src_of(step)]) *
             largest_in(workspace_[step.diff_dst]);
    }
  }
  return 0.0f;
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

// Leaves the sum over all heads in the gradient of the trunk's last rows.
void Network::backward_heads() {
  const auto& dense = plan_->dense_steps;
  const Slot total =
      dense.empty() ? plan_->diff_feature_rows : dense.back().diff_dst;
  for (std::size_t h = 0; h < plan_->heads.size(); ++h) {
    const DenseStep& head = plan_->heads[h];
    const auto diff = workspace_[head.diff_dst];
    std::ranges::fill(diff.subspan(static_cast<std::size_t>(
                          batch_.images * head.layer.units())),
                      0.0f);
    const Slot own = h == 0 ? total : plan_->head_diff;
    backward_dense(head, workspace_[own].data());
    if (h > 0) kernels::add_to(workspace_[total], workspace_[own]);
  }
}

void Network::backward_dense(const DenseStep& step, float* diff_src) {
  pool_.run(step.layer.parts(), [&](int part, int worker) {
    clock_.measure(worker, line_of(step) + 1, [&] {
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
  pool_.run(kShards, [this](int shard, int worker) {
    float* gradient = workspace_[plan_->shard_gradients].data() +
                      static_cast<std::size_t>(shard) * plan_->gradient_stride;
    std::fill(gradient, gradient + plan_->gradient_stride, 0.0f);
    const Rows rows = shard_rows(shard);
    for (int i = rows.first; i < rows.last; ++i) {
      backward_image(i, worker, gradient);
    }
  });
}

void Network::backward_image(int image, int worker, float* shard_gradient) {
  const auto& steps = plan_->image_steps;
  if (plan_->recompute_first) {
    scale_input(image, worker);
    forward_step(steps.front(), image, worker);
  }
  float* diff_dst = workspace_[plan_->diff_feature_rows].data() +
                    static_cast<std::size_t>(image) * plan_->features();
  for (std::size_t i = steps.size(); i-- > 0;) {
    const ImageStep& step = steps[i];
    const ImageLayerSpec& spec = step.layer->spec();
    float* diff_src =
        i == 0 ? nullptr : worker_scratch(worker, plan_->diff[i % 2]);
    // The first layer's input has no gradient; a layer without parameters has
    // nothing to do there.
    if (i == 0 && spec.gradient_count == 0) return;
    clock_.measure(worker, line_of(step) + 1, [&] {
      step.layer->backward(
          {.src =
               spec.backward_reads_src ? at(step.src, image, worker) : nullptr,
           .dst =
               spec.backward_reads_dst ? at(step.dst, image, worker) : nullptr,
           .state = state_of(step, image),
           .prepared = workspace_[step.prepared].data(),
           .diff_dst = diff_dst,
           .diff_src = diff_src,
           .gradient = shard_gradient + step.gradient_offset,
           .scratch = worker_scratch(worker, plan_->layer_scratch)});
    });
    diff_dst = diff_src;
  }
}

// Neighbours first, then pairs, then fours, into the first shard.
void Network::sum_shards() {
  if (plan_->gradient_stride == 0) return;
  const std::size_t stride = plan_->gradient_stride;
  float* shards = workspace_[plan_->shard_gradients].data();
  pool_.run(kShards, [&](int part, int) {
    const std::size_t begin = stride * static_cast<std::size_t>(part) / kShards;
    const std::size_t end =
        stride * static_cast<std::size_t>(part + 1) / kShards;
    for (std::size_t step = 1; step < kShards; step *= 2) {
      for (std::size_t s = 0; s < kShards; s += 2 * step) {
        kernels::add_to({shards + s * stride + begin, end - begin},
                        {shards + (s + step) * stride + begin, end - begin});
      }
    }
  });
}

}  // namespace polytask
