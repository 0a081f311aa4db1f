#include "polytask/network/network.h"

#include <algorithm>
#include <array>
#include <numeric>

#include "polytask/base/error.h"
#include "polytask/base/held_signals.h"
#include "polytask/base/text.h"
#include "polytask/kernels/elementwise.h"

namespace polytask {
namespace {

constexpr int kShards = NetworkPlan::kShards;

std::size_t lines_of(const NetworkPlan& plan) {
  std::size_t layers = plan.image_steps.size();
  plan.for_each_dense([&](const DenseStep&) { ++layers; });
  return 1 + 2 * layers;
}

}  // namespace

Network::Network(std::shared_ptr<const NetworkPlan> plan, ThreadPool& pool)
    : plan_(std::move(plan)),
      pool_(pool),
      workspace_(plan_->memory()),
      clock_(pool.workers(), lines_of(*plan_)),
      gramian_(plan_->heads.size() * plan_->heads.size()),
      task_weights_(plan_->heads.size()),
      versions_(static_cast<std::size_t>(pool.workers()),
                std::vector<Versions>(plan_->image_steps.size())) {
  if (!plan_->trunk_layers.empty()) reserve_products();
  if (plan_->in_bands()) join_bands();
  const int planned = plan_->options().workers;
  if (pool.workers() <= planned) return;
  throw Error(Fault::config, cat("network: planned for at most ", planned,
                                 " workers, got a pool of ", pool.workers()));
}

int Network::micro_batches() const {
  return (batch_.images + plan_->micro_batch - 1) / plan_->micro_batch;
}

int Network::shards() const { return plan_->shards(batch_.images); }

Network::Rows Network::shard_rows(int shard) const {
  const auto edge = [this](int s) {
    return std::min(micro_batches() * s / shards() * plan_->micro_batch,
                    batch_.images);
  };
  return {.first = edge(shard), .last = edge(shard + 1)};
}

// The larger ones first, so that all threads end at about the same time. Where
// images are small, forward goes by shards, too: what backward reads of them is
// then mostly in the cache of the thread that comes for it.
void Network::for_each_shard(ThreadPool::Part work) {
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
    work(order[static_cast<std::size_t>(part)], worker);
  });
}

float* Network::worker_scratch(int worker, std::size_t offset) const {
  return workspace_[plan_->scratch].data() +
         static_cast<std::size_t>(worker) * plan_->scratch_stride + offset;
}

float* Network::at(const Place& place, int image, int worker) const {
  const auto row = static_cast<std::size_t>(image);
  const auto micro_batch = static_cast<std::size_t>(plan_->micro_batch);
  const std::size_t in_micro_batch =
      place.offset * micro_batch + row % micro_batch * place.count;
  switch (place.area) {
    case Place::Area::kept:
      return workspace_[plan_->kept].data() +
             row / micro_batch * micro_batch * plan_->kept_stride +
             in_micro_batch;
    case Place::Area::scratch:
      return worker_scratch(worker, in_micro_batch);
    case Place::Area::features:
      break;
  }
  return workspace_[{.offset = place.offset, .count = place.count}].data() +
         row * place.count;
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
  const HeldSignals held;
  batch_ = batch;
  if (plan_->in_bands()) {
    for (int i = 0; i < batch.images; ++i) forward_in_bands(i);
  } else if (training_ && plan_->micro_batch > 1) {
    for_each_shard([this](int shard, int worker) {
      const Rows rows = shard_rows(shard);
      for (int i = rows.first; i < rows.last; i += plan_->micro_batch) {
        forward_micro_batch(i, std::min(i + plan_->micro_batch, rows.last),
                            worker);
      }
    });
  } else {
    forward_in_micro_batches();
  }
  clear_rows_behind_batch();
  plan_->for_each_dense([this](const DenseStep& step) { forward_dense(step); });
}

// As many micro-batches as give every thread the same number, and the images
// that are left one by one: no thread waits for a micro-batch of another.
void Network::forward_in_micro_batches() {
  const int round = plan_->micro_batch * pool_.workers();
  const int micro_batches = batch_.images / round * pool_.workers();
  const int left = batch_.images - micro_batches * plan_->micro_batch;
  pool_.run(micro_batches + left, [&](int part, int worker) {
    const bool whole = part < micro_batches;
    const int first = whole ? part * plan_->micro_batch
                            : batch_.images - left + part - micro_batches;
    forward_micro_batch(first, first + (whole ? plan_->micro_batch : 1),
                        worker);
  });
}

// Images [first, last), layer by layer.
void Network::forward_micro_batch(int first, int last, int worker) {
  for (int image = first; image < last; ++image) scale_input(image, worker);
  for (const ImageStep& step : plan_->image_steps) {
    const int at_once =
        step.layer->spec().forward_takes_micro_batches ? last - first : 1;
    for (int image = first; image < last; image += at_once) {
      forward_step(step, image, at_once, worker);
    }
  }
}

void Network::scale_input(int image, int worker) {
  const std::size_t pixels = element_count(plan_->options().input);
  const std::byte* raw = batch_.pixels + static_cast<std::size_t>(image) *
                                             pixels * size_of(batch_.type);
  const std::span<float> scaled{at(plan_->input, image, worker), pixels};
  clock_.measure(worker, 0, [&] {
    if (batch_.type == PixelType::uint8) {
      kernels::scale_pixels(
          std::span{reinterpret_cast<const std::uint8_t*>(raw), pixels},
          batch_.scale, scaled);
    } else {
      kernels::scale_pixels(
          std::span{reinterpret_cast<const float*>(raw), pixels}, batch_.scale,
          scaled);
    }
  });
}

ForwardPass Network::pass_of(const ImageStep& step, int image,
                             int worker) const {
  return {.src = at(step.src, image, worker),
          .prepared = prepared(step, worker),
          .dst = at(step.dst, image, worker),
          .state = state_of(step, image),
          .scratch = worker_scratch(worker, plan_->layer_scratch),
          .key = image_key(image)};
}

//   images   from `image` on, more than one only where the layer takes
//   micro-batches
void Network::forward_step(const ImageStep& step, int image, int images,
                           int worker) {
  ensure_packed(step, worker, Pass::forward);
  clock_.measure(worker, line_of(step), [&] {
    ForwardPass pass = pass_of(step, image, worker);
    pass.images = images;
    step.layer->forward(pass);
  });
}

// A batch that is not full: the dense layers compute all rows, and in backward
// the rows behind the batch must be finite.
void Network::clear_rows_behind_batch() {
  if (!training_ || batch_.images == plan_->options().batch) return;
  clear_behind_batch(plan_->feature_rows);
  for (const Branch& branch : plan_->branches) {
    if (!branch.empty()) clear_behind_batch(branch.rows);
  }
}

//   rows   one per image of the plan's batch
std::span<float> Network::rows_of_batch(Slot rows) const {
  const auto batch = static_cast<std::size_t>(plan_->options().batch);
  const auto images = static_cast<std::size_t>(batch_.images);
  return workspace_[rows].first(rows.count / batch * images);
}

void Network::clear_behind_batch(Slot rows) {
  const std::size_t used = rows_of_batch(rows).size();
  std::ranges::fill(workspace_[rows].subspan(used), 0.0f);
}

// Into how many parts the work on the rows of a dense layer's result is cut:
// what is over before another thread has come stays in one.
int Network::row_parts(const DenseStep& step) const {
  constexpr std::int64_t kWorthSharing = 8192;  // elements
  const std::int64_t elements =
      std::int64_t{plan_->options().batch} * step.layer.units();
  return elements < kWorthSharing ? 1 : kShards;
}

void Network::forward_dense(const DenseStep& step) {
  const DenseLayer& layer = step.layer;
  float* partial = workspace_[step.partial].data();
  pool_.run(layer.parts(), [&](int part, int worker) {
    clock_.measure(worker, step.line, [&] {
      layer.forward_part(part, workspace_[step.src].data(),
                         (*parameters_)[step.kernel], partial,
                         worker_scratch(worker, plan_->layer_scratch));
    });
  });
  const auto units = static_cast<std::size_t>(layer.units());
  const int parts = row_parts(step);
  pool_.run(parts, [&](int part, int worker) {
    const int batch = plan_->options().batch;
    const Rows rows{.first = batch * part / parts,
                    .last = batch * (part + 1) / parts};
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

std::size_t Network::line_of(const ImageStep& step) const {
  return 1 + 2 * static_cast<std::size_t>(&step - plan_->image_steps.data());
}

std::span<const float> Network::logits(std::size_t output) const {
  return rows_of_batch(plan_->heads[output].back().dst);
}

std::span<const float> Network::shared_features() const {
  return rows_of_batch(plan_->shared_features());
}

std::span<float> Network::diff_logits(std::size_t output) {
  return rows_of_batch(plan_->heads[output].back().diff_dst);
}

}  // namespace polytask
