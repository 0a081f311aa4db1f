// Runs a planned network: forward, and backward into gradients.
//
// Owns the memory the plan has booked and uses a thread pool it is given; so
// one Network belongs to one caller at a time, and several may share a plan.
// After construction nothing here allocates or throws. The results have the
// same bits for any number of workers of the pool.
//
//   prepare()    after each change of the parameters
//   forward()    logits of a batch
//   backward()   gradients of the batch that forward saw last
//   for_each_gradient()   hands them out

#pragma once

#include <array>
#include <atomic>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "polytask/base/function_ref.h"
#include "polytask/base/thread_pool.h"
#include "polytask/network/layer_clock.h"
#include "polytask/network/network_plan.h"
#include "polytask/tensor/parameter_store.h"
#include "polytask/tensor/shape.h"

namespace polytask {

// A batch as it comes from a data set.
struct ImageBatch {
  int images = 0;                     // n, at most the plan's batch
  const std::byte* pixels = nullptr;  // [n, H, W, C]
  PixelType type = PixelType::uint8;
  float scale = 1.0f / 255.0f;  // the network sees pixel * scale
};

// Which images these are: what dropout's random numbers depend on.
struct BatchKey {
  std::uint64_t seed = 0;
  std::uint32_t epoch = 0;
  std::span<const std::uint32_t> samples;  // [n]
};

// The time one layer took in one pass, summed over images and threads.
struct LayerTime {
  std::string layer;  // as in the plan; "input" for the scaling of the pixels
  std::string pass;   // "forward" or "backward"
  double seconds = 0;
};

// What one layer's pool has left of the gradient, over a batch.
struct LayerSurvivors {
  std::string layer;  // as in the plan
  Survivors batch;
};

class Network {
 public:
  // Throws Fault::resource when there is not enough memory, Fault::config when
  // the pool has more workers than planned. The pool must outlive the network.
  Network(std::shared_ptr<const NetworkPlan> plan, ThreadPool& pool);

  [[nodiscard]] const NetworkPlan& plan() const { return *plan_; }

  // `parameters` must stay where they are while the network runs, and as they
  // are until backward() has ended: workers may read them when they first need
  // them.
  void prepare(const ParameterStore& parameters);

  // Without dropout; keeps nothing for backward.
  void forward(const ImageBatch& batch);
  void forward_training(const ImageBatch& batch, const BatchKey& key);

  // The logits of task `output` from the last forward, [n, units].
  [[nodiscard]] std::span<const float> logits(std::size_t output) const;

  // What the heads read, from the last forward, [n, features].
  [[nodiscard]] std::span<const float> shared_features() const;

  // Where the loss writes the gradient of the logits, [n, units].
  [[nodiscard]] std::span<float> diff_logits(std::size_t output);

  // How much each task's gradient counts in the trunk: overwrites `weights`,
  // [T], from `gramian`, [T, T], the inner products of the tasks' gradients
  // over the batch; of the shared features or of all parameters of the trunk,
  // as PlanOptions::task_gradients says.
  using TaskWeigher = FunctionRef<void(std::span<const double> gramian,
                                       std::span<double> weights)>;
  // As backward(), but the trunk gets the tasks' gradients weighted so; the
  // heads keep their own. Needs PlanOptions::task_gradients.
  void backward(TaskWeigher weigher);

  // The same inner products layer by layer of the trunk, [layers, T, T], which
  // sum to the Gramian: of the last backward(weigher) of TaskGradients::trunk,
  // in the order of the plan's trunk_layers; else empty.
  [[nodiscard]] std::span<const double> layer_gramians() const {
    return layer_gramians_;
  }

  // Computes the gradients, but for those of dense kernels, which are larger
  // than everything else together and are computed as they are handed out.
  void backward();

  // Elements [first, first + gradient.size()) of the gradient of a parameter
  // array, an index into the plan's parameters().
  using GradientSink =
      FunctionRef<void(std::size_t parameter, std::size_t first,
                       std::span<const float> gradient)>;
  // After backward(): calls the sink for every element of every gradient once,
  // in ranges that are in the cache of the core that calls. Several threads
  // call at once. The sink may change those elements of the parameters.
  void for_each_gradient(GradientSink sink);
  // Both, into gradients, which have the plan's layout.
  void backward(ParameterStore& gradients);

  // After backward(): nothing in the gradient of a parameter array is larger
  // than this. Not finite when the gradient may not be.
  [[nodiscard]] float gradient_bound(std::size_t parameter);

  // Times every layer from now on until it is asked; see layer_times().
  void start_clock() { clock_.start(); }
  // Since start_clock(), in the order of the layers.
  [[nodiscard]] std::vector<LayerTime> layer_times() const;

  // Of the last forward_training, for every layer of images with a pool.
  [[nodiscard]] std::vector<LayerSurvivors> survivors() const;

 private:
  struct Rows {
    int first = 0;
    int last = 0;
  };
  // Of this batch.
  [[nodiscard]] int micro_batches() const;
  [[nodiscard]] int shards() const;
  [[nodiscard]] Rows shard_rows(int shard) const;
  void for_each_shard(ThreadPool::Part work);
  enum class Pass { forward, backward };
  void prepare_part(const ImageStep& step, int part, int worker);
  [[nodiscard]] float* prepared(const ImageStep& step, int worker) const;
  void ensure_packed(const ImageStep& step, int worker, Pass pass);
  [[nodiscard]] float* at(const Place& place, int image, int worker) const;
  [[nodiscard]] std::uint8_t* state_of(const ImageStep& step, int image) const;
  [[nodiscard]] std::uint8_t* state_of(const RowStep& step, int image) const;
  [[nodiscard]] float* worker_scratch(int worker, std::size_t offset) const;
  [[nodiscard]] ImageKey image_key(int image) const;

  void run_forward(const ImageBatch& batch);
  void scale_input(int image, int worker);
  void forward_in_micro_batches();
  void forward_micro_batch(int first, int last, int worker);
  void forward_step(const ImageStep& step, int image, int images, int worker);
  // Image steps [first, last), between which the threads need not meet.
  struct StepRun {
    std::size_t first = 0;
    std::size_t last = 0;
  };
  [[nodiscard]] int shares_of(const ImageStep& step) const;
  void join_bands();
  void forward_in_bands(int image);
  void forward_bands(const StepRun& run, int image);
  [[nodiscard]] ForwardPass pass_of(const ImageStep& step, int image,
                                    int worker) const;
  [[nodiscard]] int row_parts(const DenseStep& step) const;
  void forward_dense(const DenseStep& step);
  void clear_rows_behind_batch();
  [[nodiscard]] std::span<float> rows_of_batch(Slot rows) const;
  void clear_behind_batch(Slot rows);

  void backward_heads();
  void backward_head(std::size_t task, Slot diff_features);
  void backward_trunk();
  void weigh_features(TaskWeigher weigher);
  [[nodiscard]] double inner_product(Slot a, Slot b);
  void reserve_products();
  void weigh_trunk_gradients(TaskWeigher weigher);
  [[nodiscard]] std::span<float> kept(std::size_t task,
                                      const TrunkLayer& layer) const;
  void keep_trunk_gradients(std::size_t task);
  void combine_trunk_gradients();
  void find_gramians();
  void find_image_products(const TrunkLayer& layer, std::span<double> gramian);
  void find_dense_products(const TrunkLayer& layer, std::span<double> gramian);
  void find_row_products(std::span<const float> src, std::size_t features);
  void add_row_products(std::size_t row, const TrunkLayer& layer,
                        std::span<double> mixed, std::span<double> gramian);
  void backward_dense(const DenseStep& step, float* diff_src);
  void hand_out(const DenseStep& step, int block, int worker,
                GradientSink sink) const;
  [[nodiscard]] float largest_in(std::span<const float> values);
  void backward_rows(const DenseStep& step);
  struct ShardGradient {
    float* sum = nullptr;
    int first_image = 0;  // overwrites the sum; the others are added
  };
  // Image steps behind one another: the trunk's, or those of a branch.
  struct Steps {
    std::size_t first = 0;
    std::size_t last = 0;  // one behind
    Slot diff_dst;         // of the last one's result, a row per image
    Slot diff_src;  // of what the first one reads; empty: no one needs it
  };
  void backward_images(const Steps& steps);
  void backward_shard(const Steps& steps, int shard, int worker);
  void backward_micro_batch(const Steps& steps, const Rows& images, int worker,
                            ShardGradient shard);
  void backward_in_parts(const Steps& steps, int image);
  void backward_chain(const Steps& steps, int image, int worker,
                      ShardGradient shard, std::atomic<std::size_t>& begun);
  [[nodiscard]] BackwardPass pass_of(const Steps& steps, std::size_t step,
                                     int image, int worker,
                                     ShardGradient shard) const;
  [[nodiscard]] bool has_backward(const Steps& steps, std::size_t step) const;
  [[nodiscard]] std::span<const std::size_t> weighted_steps(
      const Steps& steps) const;
  [[nodiscard]] float* row_of(Slot rows, int image) const;
  void sum_shards(const Steps& steps);
  void unpack_gradient(std::size_t step);

  // Lines of the clock: the input, then forward and backward of each step of
  // the images, of the dense layers, of the heads.
  [[nodiscard]] std::size_t line_of(const ImageStep& step) const;

  std::shared_ptr<const NetworkPlan> plan_;
  ThreadPool& pool_;
  std::vector<StepRun> band_runs_;  // where all threads work on one image
  Workspace workspace_;
  LayerClock clock_;
  const ParameterStore* parameters_ = nullptr;
  ImageBatch batch_;
  BatchKey key_;
  bool training_ = false;
  // Of the tasks, where they are separate.
  std::vector<double> gramian_;
  std::vector<double> task_weights_;
  // Of the parameters, and those each worker has prepared, one per step.
  struct Versions {
    std::uint64_t forward = 0;
    std::uint64_t backward = 0;
  };
  std::uint64_t version_ = 0;
  std::vector<std::vector<Versions>> versions_;
  // Where the tasks go through the trunk one after the other.
  std::vector<double> layer_gramians_;  // [layers, T, T]
  std::vector<double> row_products_;    // [batch, batch]
  std::vector<double> shard_gramians_;  // [kShards, T, T]
  std::vector<double> mixed_rows_;      // [kShards, units], of one layer
};

}  // namespace polytask
