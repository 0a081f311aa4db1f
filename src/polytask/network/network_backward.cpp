#include <algorithm>

#include "polytask/base/held_signals.h"
#include "polytask/kernels/elementwise.h"
#include "polytask/network/layer_parameters.h"
#include "polytask/network/network.h"

namespace polytask {
namespace {

constexpr int kShards = NetworkPlan::kShards;

}  // namespace

void Network::backward() {
  const HeldSignals held;
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
    if (i == 0 && plan_->trunk_steps == 0) break;
    backward_dense(dense[i], workspace_[diff_src].data());
  }
  plan_->for_each_dense([this](const DenseStep& step) {
    step.layer.bias_gradient(workspace_[step.diff_dst].data(),
                             workspace_[step.diff_bias]);
  });
  if (plan_->trunk_steps == 0) return;
  backward_images({.first = 0,
                   .last = plan_->trunk_steps,
                   .diff_dst = plan_->diff_feature_rows,
                   .diff_src = {}});
}

void Network::backward(ParameterStore& gradients) {
  backward();
  for_each_gradient([&](std::size_t parameter, std::size_t first,
                        std::span<const float> gradient) {
    std::ranges::copy(gradient, gradients[parameter].subspan(first).begin());
  });
}

void Network::for_each_gradient(GradientSink sink) {
  const HeldSignals held;
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
  const Branch& branch = plan_->branches[task];
  const Slot before = branch.empty() ? diff_features : branch.diff_rows;
  clear_behind_batch(steps.back().diff_dst);
  for (std::size_t i = steps.size(); i-- > 0;) {
    if (i + 1 < steps.size()) backward_rows(steps[i]);
    const Slot diff_src = i == 0 ? before : steps[i - 1].diff_dst;
    backward_dense(steps[i], workspace_[diff_src].data());
  }
  if (branch.empty()) return;
  clear_behind_batch(diff_features);
  backward_images(
      {.first = branch.first,
       .last = branch.last,
       .diff_dst = branch.diff_rows,
       .diff_src = plan_->trunk_steps > 0 ? diff_features : Slot{}});
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
  const int parts = row_parts(step);
  pool_.run(parts, [&](int part, int) {
    const int batch = plan_->options().batch;
    for (int i = batch * part / parts; i < batch * (part + 1) / parts; ++i) {
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

}  // namespace polytask
