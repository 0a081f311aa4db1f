#include "polytask/network/network.h"

#include <algorithm>

#include "polytask/base/error.h"
#include "polytask/base/text.h"
#include "polytask/kernels/elementwise.h"

namespace polytask {
namespace {

constexpr int kShards = NetworkPlan::kShards;

// The parameters of one layer, as layers take them. No layer has more than two.
template <class T>
struct LayerParameters {
  std::array<std::span<T>, 2> spans;
  std::size_t count = 0;

  template <class Store>
  LayerParameters(Store& store, const std::vector<std::size_t>& indices)
      : count(indices.size()) {
    for (std::size_t i = 0; i < count; ++i) spans[i] = store[indices[i]];
  }
  [[nodiscard]] std::span<const std::span<T>> view() const {
    return {spans.data(), count};
  }
};

}  // namespace

Network::Network(std::shared_ptr<const NetworkPlan> plan, ThreadPool& pool)
    : plan_(std::move(plan)), pool_(pool), workspace_(plan_->memory()) {
  const int planned = plan_->options().workers;
  if (pool.workers() <= planned) return;
  throw Error(Fault::config, cat("network: planned for at most ", planned,
                                 " workers, got a pool of ", pool.workers()));
}

Network::Rows Network::shard_rows(int shard) const {
  return {.first = batch_.images * shard / kShards,
          .last = batch_.images * (shard + 1) / kShards};
}

float* Network::worker_scratch(int worker, std::size_t offset) const {
  return workspace_[plan_->scratch].data() +
         static_cast<std::size_t>(worker) * plan_->scratch_stride + offset;
}

float* Network::at(const Place& place, int image, int worker) const {
  const auto row = static_cast<std::size_t>(image);
  switch (place.area) {
    case Place::Area::kept:
      return workspace_[plan_->kept].data() + row * plan_->kept_stride +
             place.offset;
    case Place::Area::scratch:
      return worker_scratch(worker, place.offset);
    case Place::Area::features:
      break;
  }
  return workspace_[plan_->feature_rows].data() + row * plan_->features();
}

std::uint8_t* Network::state_of(const ImageStep& step, int image) const {
  if (!training_ || step.layer->spec().state_bytes == 0) return nullptr;
  auto* all = reinterpret_cast<std::uint8_t*>(workspace_[plan_->state].data());
  return all + static_cast<std::size_t>(image) * plan_->state_stride +
         step.state_offset;
}

std::uint8_t* Network::state_of(const RowStep& step, int image) const {
  if (!training_) return nullptr;
  auto* all = reinterpret_cast<std::uint8_t*>(workspace_[step.state].data());
  return all + static_cast<std::size_t>(image) * step.state_row;
}

ImageKey Network::image_key(int image) const {
  if (!training_) return {};
  return {.seed = key_.seed,
          .epoch = key_.epoch,
          .sample = key_.samples[static_cast<std::size_t>(image)]};
}

void Network::prepare(const ParameterStore& parameters) {
  parameters_ = &parameters;
  const auto& steps = plan_->image_steps;
  pool_.run(static_cast<int>(steps.size()), [&](int part, int) {
    const ImageStep& step = steps[static_cast<std::size_t>(part)];
    if (step.prepared.count == 0) return;
    const LayerParameters<const float> own(parameters, step.parameters);
    step.layer->prepare(own.view(), workspace_[step.prepared].data());
  });
}

void Network::forward(const ImageBatch& batch) {
  training_ = false;
  run_forward(batch);
}

void Network::forward_training(const ImageBatch& batch, const BatchKey& key) {
  training_ = true;
  key_ = key;
  run_forward(batch);
}

void Network::run_forward(const ImageBatch& batch) {
  batch_ = batch;
  pool_.run(kShards, [this](int shard, int worker) {
    const Rows rows = shard_rows(shard);
    for (int i = rows.first; i < rows.last; ++i) forward_image(i, worker);
  });
  clear_rows_behind_batch();
  Slot src = plan_->feature_rows;
  for (const DenseStep& step : plan_->dense_steps) {
    forward_dense(step, src);
    src = step.result();
  }
  for (const DenseStep& head : plan_->heads) forward_dense(head, src);
}

void Network::forward_image(int image, int worker) {
  const std::size_t pixels = element_count(plan_->options().input);
  const std::byte* raw = batch_.pixels + static_cast<std::size_t>(image) *
                                             pixels * size_of(batch_.type);
  const std::span<float> scaled{at(plan_->input, image, worker), pixels};
  if (batch_.type == PixelType::uint8) {
    kernels::scale_pixels(
        std::span{reinterpret_cast<const std::uint8_t*>(raw), pixels},
        batch_.scale, scaled);
  } else {
    kernels::scale_pixels(
        std::span{reinterpret_cast<const float*>(raw), pixels}, batch_.scale,
        scaled);
  }
  for (const ImageStep& step : plan_->image_steps) {
    step.layer->forward(
        {.src = at(step.src, image, worker),
         .prepared = workspace_[step.prepared].data(),
         .dst = at(step.dst, image, worker),
         .state = state_of(step, image),
         .scratch = worker_scratch(worker, plan_->layer_scratch),
         .key = image_key(image)});
  }
}

// A batch that is not full: the dense layers compute all rows, and in backward
// the rows behind the batch must be finite.
void Network::clear_rows_behind_batch() {
  if (!training_ || batch_.images == plan_->options().batch) return;
  const auto rows = workspace_[plan_->feature_rows];
  const auto used = static_cast<std::size_t>(batch_.images) * plan_->features();
  std::ranges::fill(rows.subspan(used), 0.0f);
}

void Network::forward_dense(const DenseStep& step, Slot src) {
  const DenseLayer& layer = step.layer;
  float* partial = workspace_[step.partial].data();
  pool_.run(layer.parts(), [&](int part, int worker) {
    layer.forward_part(part, workspace_[src].data(),
                       (*parameters_)[step.kernel], partial,
                       worker_scratch(worker, plan_->layer_scratch));
  });
  const auto units = static_cast<std::size_t>(layer.units());
  pool_.run(kShards, [&](int shard, int worker) {
    const int batch = plan_->options().batch;
    const Rows rows{.first = batch * shard / kShards,
                    .last = batch * (shard + 1) / kShards};
    float* dst = workspace_[step.dst].data();
    layer.forward_finish(rows.first, rows.last, partial,
                         (*parameters_)[step.bias], dst);
    const float* before = dst;
    for (const RowStep& after : step.after) {
      float* result = workspace_[after.dst].data();
      for (int i = rows.first; i < rows.last; ++i) {
        const std::size_t row = static_cast<std::size_t>(i) * units;
        after.layer->forward(
            {.src = before + row,
             .dst = result + row,
             .state = state_of(after, i),
             .scratch = worker_scratch(worker, plan_->layer_scratch),
             .key = i < batch_.images ? image_key(i) : ImageKey{}});
      }
      before = result;
    }
  });
}

std::span<const float> Network::logits(std::size_t output) const {
  const DenseStep& head = plan_->heads[output];
  return workspace_[head.dst].first(
      static_cast<std::size_t>(batch_.images * head.layer.units()));
}

std::span<float> Network::diff_logits(std::size_t output) {
  const DenseStep& head = plan_->heads[output];
  return workspace_[head.diff_dst].first(
      static_cast<std::size_t>(batch_.images * head.layer.units()));
}

void Network::backward(ParameterStore& gradients) {
  Slot diff = backward_heads(gradients);
  const auto& dense = plan_->dense_steps;
  for (std::size_t i = dense.size(); i-- > 0;) {
    const DenseStep& step = dense[i];
    backward_rows(step);
    const Slot src = i == 0 ? plan_->feature_rows : dense[i - 1].result();
    const Slot diff_src =
        i == 0 ? plan_->diff_feature_rows : dense[i - 1].diff_dst;
    backward_dense(step, src,
                   i == 0 && plan_->image_steps.empty()
                       ? nullptr
                       : workspace_[diff_src].data(),
                   gradients);
    diff = diff_src;
  }
  if (plan_->image_steps.empty()) return;
  backward_images();
  sum_shards();
  pool_.run(static_cast<int>(plan_->image_steps.size()), [&](int part, int) {
    const ImageStep& step = plan_->image_steps[static_cast<std::size_t>(part)];
    if (step.parameters.empty()) return;
    const LayerParameters<float> own(gradients, step.parameters);
    step.layer->unpack_gradient(
        workspace_[plan_->shard_gradients].data() + step.gradient_offset,
        own.view());
  });
}

// Leaves the sum over all heads in the gradient of the trunk's last rows.
Slot Network::backward_heads(ParameterStore& gradients) {
  const auto& dense = plan_->dense_steps;
  const Slot src = dense.empty() ? plan_->feature_rows : dense.back().result();
  const Slot total =
      dense.empty() ? plan_->diff_feature_rows : dense.back().diff_dst;
  for (std::size_t h = 0; h < plan_->heads.size(); ++h) {
    const DenseStep& head = plan_->heads[h];
    const auto diff = workspace_[head.diff_dst];
    std::ranges::fill(diff.subspan(static_cast<std::size_t>(
                          batch_.images * head.layer.units())),
                      0.0f);
    const Slot own = h == 0 ? total : plan_->head_diff;
    backward_dense(head, src, workspace_[own].data(), gradients);
    if (h > 0) kernels::add_to(workspace_[total], workspace_[own]);
  }
  return total;
}

void Network::backward_dense(const DenseStep& step, Slot src, float* diff_src,
                             ParameterStore& gradients) {
  pool_.run(step.layer.parts(), [&](int part, int worker) {
    step.layer.backward_part(
        part, workspace_[src].data(), workspace_[step.diff_dst].data(),
        (*parameters_)[step.kernel], diff_src, gradients[step.kernel],
        gradients[step.bias], worker_scratch(worker, plan_->layer_scratch));
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
    const Rows rows = shard_rows(shard);
    if (rows.first == rows.last) {
      std::fill(gradient, gradient + plan_->gradient_stride, 0.0f);
    }
    for (int i = rows.first; i < rows.last; ++i) {
      backward_image(i, worker, gradient, i == rows.first);
    }
  });
}

void Network::backward_image(int image, int worker, float* shard_gradient,
                             bool first_of_shard) {
  const auto& steps = plan_->image_steps;
  float* diff_dst = workspace_[plan_->diff_feature_rows].data() +
                    static_cast<std::size_t>(image) * plan_->features();
  for (std::size_t i = steps.size(); i-- > 0;) {
    const ImageStep& step = steps[i];
    const ImageLayerSpec& spec = step.layer->spec();
    float* diff_src =
        i == 0 ? nullptr : worker_scratch(worker, plan_->diff[i % 2]);
    float* sum = shard_gradient + step.gradient_offset;
    float* own =
        first_of_shard ? sum : worker_scratch(worker, plan_->image_gradient);
    // The first layer's input has no gradient; a layer without parameters has
    // nothing to do there.
    if (i == 0 && spec.gradient_count == 0) return;
    step.layer->backward(
        {.src = spec.backward_reads_src ? at(step.src, image, worker) : nullptr,
         .dst = spec.backward_reads_dst ? at(step.dst, image, worker) : nullptr,
         .state = state_of(step, image),
         .prepared = workspace_[step.prepared].data(),
         .diff_dst = diff_dst,
         .diff_src = diff_src,
         .gradient = own,
         .scratch = worker_scratch(worker, plan_->layer_scratch)});
    if (!first_of_shard && spec.gradient_count > 0) {
      kernels::add_to({sum, spec.gradient_count}, {own, spec.gradient_count});
    }
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
