// Which activations are kept, and where every byte lies.

#include <algorithm>
#include <functional>
#include <span>

#include "polytask/base/error.h"
#include "polytask/base/text.h"
#include "polytask/network/network_plan.h"

namespace polytask {

// The next `count` floats of what is kept for an image, or of the scratch of
// a worker.
Place NetworkPlan::place(std::size_t count, bool keep) {
  std::size_t& end = keep ? kept_stride : scratch_stride;
  const Place at{.area = keep ? Place::Area::kept : Place::Area::scratch,
                 .offset = end,
                 .count = count};
  end += WorkspacePlan::aligned(count);
  return at;
}

// A row per image.
Place NetworkPlan::rows_of(Slot rows) const {
  return {.area = Place::Area::features,
          .offset = rows.offset,
          .count = rows.count / static_cast<std::size_t>(options_.batch)};
}

bool NetworkPlan::backward_reads_src_of(std::size_t step) const {
  return options_.training &&
         image_steps[step].layer->spec().backward_reads_src;
}

// Whether to rematerialize the first layer's result in backward: where the
// layer is bound by memory (few FLOPs per byte written) and its result for the
// batch does not fit into the cache.
bool NetworkPlan::first_layer_is_cheap() const {
  constexpr double kFlopsPerByte = 16.0;
  constexpr double kCachedBytes = 4 << 20;
  if (!options_.training || trunk_steps < 2) return false;
  const ImageLayerSpec& first = image_steps.front().layer->spec();
  const auto bytes =
      static_cast<double>(element_count(first.dst) * sizeof(float));
  return first.state_bytes == 0 && bytes * options_.batch > kCachedBytes &&
         first.forward_flops < kFlopsPerByte * bytes;
}

// Decides for each activation of the image stage where it lives: what backward
// does not read is gone with the next image.
void NetworkPlan::place_activations() {
  const Place features = rows_of(feature_rows);
  recompute_first = first_layer_is_cheap();
  input = trunk_steps == 0
              ? features
              : place(element_count(options_.input),
                      !recompute_first && backward_reads_src_of(0));
  place_stack(0, trunk_steps, input, features);
  for (const Branch& branch : branches) {
    if (branch.empty()) continue;
    place_stack(branch.first, branch.last, features, rows_of(branch.rows));
  }
}

// Of the steps [first, last), which read `src` and end in `dst`.
void NetworkPlan::place_stack(std::size_t first, std::size_t last,
                              const Place& src, const Place& dst) {
  Place before = src;
  for (std::size_t i = first; i < last; ++i) {
    ImageStep& step = image_steps[i];
    const ImageLayerSpec& spec = step.layer->spec();
    step.src = before;
    if (i + 1 == last) {
      step.dst = dst;
      break;
    }
    const bool keep = !(i == 0 && recompute_first) &&
                      (backward_reads_src_of(i + 1) ||
                       (options_.training && spec.backward_reads_dst));
    step.dst = place(element_count(spec.dst), keep);
    before = step.dst;
  }
}

// Two buffers take turns, but where threads share one image out, one may still
// read a gradient while another is two layers further.
void NetworkPlan::place_gradients() {
  if (!options_.training) return;
  std::size_t largest = 0;
  for (const ImageStep& step : image_steps) {
    largest = std::max(largest, element_count(step.layer->spec().src));
  }
  Place turns[2];
  if (!in_bands()) {
    for (Place& turn : turns) turn = place(largest, /*keep=*/false);
  }
  for (std::size_t i = 1; i < image_steps.size(); ++i) {
    const std::size_t count = element_count(image_steps[i].layer->spec().src);
    Place& at = image_steps[i].diff_src;
    at = in_bands() ? place(count, /*keep=*/false) : turns[i % 2];
    at.count = count;
  }
}

// The layers' own buffers: state of an image, gradient of a shard, scratch of
// a worker.
void NetworkPlan::place_layer_buffers() {
  std::size_t scratch_count = 0;
  std::size_t block_count = 0;
  for (ImageStep& step : image_steps) {
    const ImageLayerSpec& spec = step.layer->spec();
    step.state_offset = state_stride;
    state_stride += WorkspacePlan::aligned_bytes(spec.state_bytes);
    step.gradient_offset = gradient_stride;
    gradient_stride += WorkspacePlan::aligned(spec.gradient_count);
    scratch_count = std::max(scratch_count, spec.scratch_count);
  }
  for_each_dense([&](const DenseStep& step) {
    scratch_count = std::max(scratch_count, step.layer.scratch_count());
    if (!options_.training) return;
    block_count = std::max(block_count, step.layer.gradient_block_count());
  });
  place_gradients();
  scratch_stride *=
      static_cast<std::size_t>(micro_batch);  // all so far are images'
  layer_scratch = place(scratch_count, /*keep=*/false).offset;
  gradient_block = place(block_count, /*keep=*/false).offset;
}

// In this order all threads end at about the same time.
void NetworkPlan::order_work() {
  for (std::size_t i = image_steps.size(); i-- > 0;) {
    if (!image_steps[i].parameters.empty()) weighted_steps.push_back(i);
    const int parts = image_steps[i].layer->prepare_parts();
    for (int part = 0; part < parts; ++part) prepare_parts.push_back({i, part});
  }
  const auto size = [this](const PreparePart& p) {
    return image_steps[p.step].layer->spec().prepared_count;
  };
  std::ranges::stable_sort(prepare_parts, std::ranges::greater(), size);
}

void NetworkPlan::reserve_prepared() {
  constexpr std::size_t kOwnBytes = 2 << 20;  // a core's cache holds about that
  std::size_t total = 0;
  for (ImageStep& step : image_steps) {
    step.prepared_stride =
        WorkspacePlan::aligned(step.layer->spec().prepared_count);
    total += step.prepared_stride;
  }
  own_weights = total * sizeof(float) <= kOwnBytes;
  const auto copies =
      static_cast<std::size_t>(own_weights ? options_.workers : 1);
  for (ImageStep& step : image_steps) {
    if (step.prepared_stride == 0) continue;
    step.prepared = memory_.reserve(step.layer->spec().name + " prepared",
                                    step.prepared_stride * copies);
    if (!own_weights) step.prepared_stride = 0;
  }
}

void NetworkPlan::reserve_memory() {
  reserve_prepared();
  const auto batch = static_cast<std::size_t>(options_.batch);
  for (ImageStep& step : image_steps) {
    const ImageLayerSpec& spec = step.layer->spec();
    if (spec.prepared_count == 0) continue;
    if (!options_.training) continue;
    for (const ParameterSpec& parameter : spec.parameters) {
      step.gradients.push_back(memory_.reserve("diff " + parameter.name,
                                               element_count(parameter.shape)));
    }
  }
  scratch = memory_.reserve(
      "scratch of the workers",
      scratch_stride * static_cast<std::size_t>(options_.workers));
  if (!options_.training) return;
  if (kept_stride > 0) {
    const auto whole = static_cast<std::size_t>(micro_batch);
    kept = memory_.reserve("activations that backward reads",
                           kept_stride * ((batch + whole - 1) / whole * whole));
  }
  if (state_stride > 0) {
    state = memory_.reserve("states of pools and dropouts",
                            state_stride * batch / sizeof(float));
  }
  if (gradient_stride > 0) {
    const auto most = static_cast<std::size_t>(shards(options_.batch));
    shard_gradients =
        memory_.reserve("gradients of the shards", gradient_stride * most);
  }
}

// Books what is kept of each task's way through the trunk.
void NetworkPlan::reserve_task_gradients() {
  std::size_t end = 0;
  const auto add = [&](std::string name, std::span<const Slot> slots) {
    TrunkLayer layer{.name = std::move(name), .offset = end};
    for (const Slot& slot : slots) {
      layer.parts.push_back({.from = slot, .offset = end});
      end += WorkspacePlan::aligned(slot.count);
    }
    layer.count = end - layer.offset;
    trunk_layers.push_back(std::move(layer));
  };
  for (const ImageStep& step : std::span(image_steps).first(trunk_steps)) {
    if (step.gradients.empty()) continue;
    const std::string& kernel = specs_[step.parameters.front()].name;
    add(kernel.substr(0, kernel.find('/')), step.gradients);
  }
  for (std::size_t i = 0; i < dense_steps.size(); ++i) {
    add(dense_steps[i].layer.name(), {&dense_steps[i].diff_dst, 1});
    trunk_layers.back().dense_step = i;
  }
  if (trunk_layers.empty()) {
    throw Error(Fault::config,
                "network.trunk: for the tasks' gradients of the trunk, "
                "expected a layer with parameters, got none; take those of "
                "the shared features");
  }
  for (const NetworkOutput& output : options_.outputs) {
    task_trunks.push_back(
        memory_.reserve(cat("trunk's gradients of ", output.name), end));
  }
}

}  // namespace polytask
