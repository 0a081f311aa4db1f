// A network that has been thought through: every layer built for its shapes,
// every byte of memory booked. Immutable; one plan serves any number of
// networks that run at once.
//
// Two stages. In the image stage each image runs through all layers on one core
// while its activations are in the cache; only what backward reads is kept. In
// the dense stage the whole batch runs layer by layer, because the weights are
// larger than the activations.

#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "polytask/layers/dense_layer.h"
#include "polytask/layers/dropout_layer.h"
#include "polytask/layers/image_layer.h"
#include "polytask/network/layer_description.h"
#include "polytask/network/network_options.h"
#include "polytask/network/read_extents.h"
#include "polytask/tensor/workspace.h"

namespace polytask {

// The logits one task needs.
struct NetworkOutput {
  std::string
      name;  // of the task; its head's parameters are "name/kernel", ...
  int units = 0;
  // Layers of the task's own before them: dense layers and dropouts; where the
  // trunk ends in an image, any, with a flatten before the first dense layer.
  std::vector<LayerOptions> layers;
};

// How far backward keeps the tasks' gradients apart.
enum class TaskGradients {
  together,  // only their sum is computed
  features,  // up to the shared features: for weightings that look at those
  trunk,     // through the whole trunk, one task after the other
};

struct PlanOptions {
  Shape input;  // [height, width, channels]
  std::vector<NetworkOutput> outputs;
  int batch = 1;         // images at a time, at most
  int workers = 1;       // threads that will run it
  bool training = true;  // false: forward only, nothing is kept
  TaskGradients task_gradients = TaskGradients::together;
  // Our own kernels for convolutions where they pay; without them every
  // convolution is oneDNN's, which is what they are compared with.
  bool own_kernels = true;
};

// Where an activation of one image lives.
struct Place {
  enum class Area {
    kept,      // one per image: backward reads it
    scratch,   // one per worker: gone with the next image
    features,  // a row of what the dense layers or the branches read
  };
  Area area = Area::scratch;
  std::size_t offset = 0;  // floats from the start of the image's or worker's,
                           // or of the workspace
  std::size_t count = 0;   // floats of one image

  friend bool operator==(const Place&, const Place&) = default;
};

// Layers behind one another that see images: the trunk's, or those of one head.
struct LayerStack {
  std::span<const LayerOptions> layers;
  std::vector<std::string> names;
  std::vector<ReadExtent> extents;  // one per layer
  bool needs_diff_src = false;      // someone needs the gradient of its source
};

struct ImageStep {
  std::unique_ptr<const ImageLayer> layer;
  std::string reason;  // why this layer computes it: for people
  Place src;
  Place dst;
  Place diff_src;  // of the gradient; not of the first step of a stack
  std::size_t state_offset = 0;         // bytes within the image's state
  Slot prepared;                        // empty when the layer prepares nothing
  std::size_t prepared_stride = 0;      // floats, from worker to worker
  std::size_t gradient_offset = 0;      // floats within the shard's gradient
  std::vector<std::size_t> parameters;  // indices into the layout
  std::vector<Slot> gradients;          // of the batch, one per parameter
};

// A part of what an image step does with its parameters once they are new.
struct PreparePart {
  std::size_t step = 0;
  int part = 0;
};

// A layer on the rows of a dense layer's result.
struct RowStep {
  std::unique_ptr<const ImageLayer> layer;
  Slot dst;                   // [batch, units]
  Slot state;                 // [batch, state_bytes], rows cache lines apart
  std::size_t state_row = 0;  // bytes
};

struct DenseStep {
  DenseLayer layer;
  Slot src;              // [batch, features]
  std::size_t line = 0;  // of the layer clock
  Slot partial;
  Slot dst;       // [batch, units]
  Slot diff_dst;  // the same, training only
  std::vector<RowStep> after;
  Slot diff_bias;          // training only
  std::size_t kernel = 0;  // index into the layout
  std::size_t bias = 0;

  // What the next layer reads.
  [[nodiscard]] Slot result() const {
    return after.empty() ? dst : after.back().dst;
  }
};

// What a task's own layers of images are to the plan. A head without any reads
// the trunk's result itself.
struct Branch {
  std::size_t layers = 0;  // of the head
  std::size_t first = 0;   // of their image steps
  std::size_t last = 0;    // one behind
  Shape result;            // of one image
  Slot rows;               // [batch, result]
  Slot diff_rows;          // training only

  [[nodiscard]] bool empty() const { return first == last; }
};

// A layer of the trunk that has parameters, where the tasks go through the
// trunk one after the other: what is kept of each task there. That is the
// gradient itself for a layer of images. A dense layer's kernel is larger than
// everything else together; its gradient is found again from the gradient of
// the layer's result, [batch, units].
struct TrunkLayer {
  struct Part {
    Slot from;               // where backward leaves it
    std::size_t offset = 0;  // floats within what is kept of a task
  };
  std::string name;                       // "conv2d_1"
  std::optional<std::size_t> dense_step;  // none: a layer of images
  std::vector<Part> parts;
  std::size_t offset = 0;  // of all parts, with zeros between them
  std::size_t count = 0;
};

class NetworkPlan {
 public:
  // A batch is cut into at most this many shards, fewer where it has fewer
  // micro-batches. The number of threads does not matter: the order of every
  // sum, and so every bit, is fixed by it.
  static constexpr int kShards = 8;

  // Into how many bands the work on a single image is cut, at most.
  static constexpr int kBands = 4;

  // Throws Fault::config and Fault::shape, naming the layer, when the options
  // describe no possible network; Fault::backend when oneDNN refuses a layer.
  NetworkPlan(const NetworkOptions& network, const PlanOptions& options);

  [[nodiscard]] const PlanOptions& options() const { return options_; }
  [[nodiscard]] const ParameterLayout& parameters() const { return layout_; }
  [[nodiscard]] const WorkspacePlan& memory() const { return memory_; }
  // What the trunk's layers of images give of one image.
  [[nodiscard]] std::size_t features() const {
    return element_count(trunk_result_);
  }

  // The scaling of the input, then every layer in the order of the network.
  [[nodiscard]] std::vector<LayerDescription> layers() const;
  // Into how many shards so many images are cut.
  [[nodiscard]] int shards(int images) const;
  // One image at a time is all there will be: threads share its layers out.
  [[nodiscard]] bool in_bands() const { return options_.batch == 1; }
  // One line per layer: name, shapes, parameters, who computes it.
  [[nodiscard]] std::string describe() const;
  // The implementation texts of all layers, for the test that none of them is a
  // slow reference.
  [[nodiscard]] std::vector<std::string> implementations() const;
  [[nodiscard]] double forward_flops() const;  // one image

  // What the trunk gives, for all heads: of one image, then of a batch, and its
  // gradient.
  [[nodiscard]] Shape shared_shape() const {
    if (dense_steps.empty()) return trunk_result_;
    return {dense_steps.back().layer.units()};
  }
  [[nodiscard]] Slot shared_features() const {
    return dense_steps.empty() ? feature_rows : dense_steps.back().result();
  }
  [[nodiscard]] Slot diff_shared_features() const {
    return dense_steps.empty() ? diff_feature_rows
                               : dense_steps.back().diff_dst;
  }
  // Calls f for the dense layers of the trunk, then for those of each head.
  template <class F>
  void for_each_dense(F f) const {
    for (const DenseStep& step : dense_steps) f(step);
    for (const auto& head : heads) {
      for (const DenseStep& step : head) f(step);
    }
  }

  // For Network, which runs it. The steps of the trunk, then those of each
  // branch.
  std::vector<ImageStep> image_steps;
  std::size_t trunk_steps = 0;
  std::vector<Branch> branches;  // one per task
  // Each worker prepares weights for itself when it first needs them: sooner
  // done than brought over from another core's cache.
  bool own_weights = false;
  std::vector<PreparePart> prepare_parts;   // those of larger layers first
  std::vector<std::size_t> weighted_steps;  // that have parameters, last first
  std::vector<DenseStep> dense_steps;
  // One per task, in the order of the outputs; the last step gives the logits.
  std::vector<std::vector<DenseStep>> heads;
  // Images per micro-batch: they run through one layer before the next one, and
  // through a convolution in one call of oneDNN. In `kept` and `scratch` their
  // activations of one layer are contiguous. A shard has at least one
  // micro-batch.
  int micro_batch = 1;
  Place input;                   // the scaled image
  bool recompute_first = false;  // backward runs the first layer again
  Slot kept;                     // [batch, kept_stride]
  std::size_t kept_stride = 0;   // floats
  Slot state;                    // [batch, state_stride] bytes
  std::size_t state_stride = 0;  // bytes
  Slot scratch;                  // [workers, scratch_stride]
  std::size_t scratch_stride = 0;
  std::size_t layer_scratch = 0;   // offset in a worker's scratch
  std::size_t gradient_block = 0;  // the same, of a dense layer's rows
  Slot feature_rows;  // the trunk's last image step: [batch, features]
  Slot diff_feature_rows;
  // The gradients of the shared features, [batch, features], one per task where
  // they are separate; else one for all but the first, when there are several.
  std::vector<Slot> head_diffs;
  // Where the tasks go through the trunk one after the other; else empty.
  std::vector<TrunkLayer> trunk_layers;
  std::vector<Slot> task_trunks;    // what is kept of them, one per task
  Slot shard_gradients;             // [kShards, gradient_stride]
  std::size_t gradient_stride = 0;  // floats

 private:
  [[nodiscard]] static std::size_t image_layers(
      std::span<const LayerOptions> layers);
  [[nodiscard]] int choose_micro_batch(const LayerStack& stack) const;
  [[nodiscard]] static int bands_of(const Conv2D& conv,
                                    const ReadExtent& extent, int channels);
  Shape add_image_layers(const LayerStack& stack, Shape shape);
  [[nodiscard]] std::size_t pooled_layers_at(const LayerStack& stack,
                                             std::size_t at,
                                             const Shape& shape) const;
  [[nodiscard]] bool skips_zeros(const LayerStack& stack, std::size_t at,
                                 const Shape& shape) const;
  std::unique_ptr<const ImageLayer> make_image_layer(const LayerStack& stack,
                                                     std::size_t at,
                                                     const Shape& shape);
  std::unique_ptr<const ImageLayer> make_pooled_convolution(
      const LayerStack& stack, std::size_t at, const Shape& shape);
  DropoutLayerOptions next_dropout(const std::string& name,
                                   const Dropout& dropout);
  [[nodiscard]] std::string reason_for(const LayerStack& stack, std::size_t at,
                                       const Shape& shape) const;
  Shape add_image_step(std::unique_ptr<const ImageLayer> layer,
                       std::string reason);
  void add_branches(bool trunk_ends_in_image);
  Branch add_branch(const std::string& task,
                    std::span<const LayerOptions> layers);
  void add_trunk_dense_layers(const NetworkOptions& network, std::size_t at);
  DenseStep make_dense_step(const DenseLayerOptions& dense, const Shape& shape,
                            Slot src);
  void add_row_step(DenseStep& step, const std::string& name,
                    const Dropout& dropout);
  std::vector<DenseStep> make_head(std::size_t task);
  void add_heads();
  [[nodiscard]] LayerDescription describe(const ImageStep& step) const;
  [[nodiscard]] LayerDescription describe(const DenseStep& step,
                                          bool with_diff_src) const;
  [[nodiscard]] LayerDescription describe(const RowStep& step) const;
  [[nodiscard]] int trunk_passes() const;
  [[nodiscard]] std::size_t kept_bytes(const Place& at,
                                       std::size_t count) const;
  Place place(std::size_t count, bool keep);
  [[nodiscard]] Place rows_of(Slot rows) const;
  void place_stack(std::size_t first, std::size_t last, const Place& src,
                   const Place& dst);
  [[nodiscard]] bool backward_reads_src_of(std::size_t step) const;
  [[nodiscard]] bool first_layer_is_cheap() const;
  void place_activations();
  void place_gradients();
  void place_layer_buffers();
  void reserve_prepared();
  void reserve_memory();
  void order_work();
  void reserve_task_gradients();

  PlanOptions options_;
  ParameterLayout layout_;
  std::vector<ParameterSpec> specs_;
  WorkspacePlan memory_;
  Shape trunk_result_;  // of its layers of images
  int dropouts_ = 0;
  std::size_t dense_lines_ = 0;  // of the clock, so far
};

}  // namespace polytask
