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

#pragma once

#include <array>
#include <memory>
#include <span>

#include "polytask/base/thread_pool.h"
#include "polytask/network/network_plan.h"
#include "polytask/tensor/parameter_store.h"
#include "polytask/tensor/pixel_type.h"

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

class Network {
 public:
  // Throws Fault::resource when there is not enough memory, Fault::config when
  // the pool has more workers than planned. The pool must outlive the network.
  Network(std::shared_ptr<const NetworkPlan> plan, ThreadPool& pool);

  [[nodiscard]] const NetworkPlan& plan() const { return *plan_; }

  // `parameters` must stay where they are while the network runs.
  void prepare(const ParameterStore& parameters);

  // Without dropout; keeps nothing for backward.
  void forward(const ImageBatch& batch);
  void forward_training(const ImageBatch& batch, const BatchKey& key);

  // The logits of task `output` from the last forward, [n, units].
  [[nodiscard]] std::span<const float> logits(std::size_t output) const;

  // Where the loss writes the gradient of the logits, [n, units].
  [[nodiscard]] std::span<float> diff_logits(std::size_t output);

  // Overwrites gradients, which have the plan's layout.
  void backward(ParameterStore& gradients);

 private:
  struct Rows {
    int first = 0;
    int last = 0;
  };
  [[nodiscard]] Rows shard_rows(int shard) const;
  [[nodiscard]] float* at(const Place& place, int image, int worker) const;
  [[nodiscard]] std::uint8_t* state_of(const ImageStep& step, int image) const;
  [[nodiscard]] std::uint8_t* state_of(const RowStep& step, int image) const;
  [[nodiscard]] float* worker_scratch(int worker, std::size_t offset) const;
  [[nodiscard]] ImageKey image_key(int image) const;

  void run_forward(const ImageBatch& batch);
  void forward_image(int image, int worker);
  void forward_dense(DenseStep const& step, Slot src);
  void clear_rows_behind_batch();

  void backward_heads(ParameterStore& gradients);
  void backward_dense(const DenseStep& step, Slot src, float* diff_src,
                      ParameterStore& gradients);
  void backward_rows(const DenseStep& step);
  void backward_image(int image, int worker, float* shard_gradient);
  void backward_images();
  void sum_shards();

  std::shared_ptr<const NetworkPlan> plan_;
  ThreadPool& pool_;
  Workspace workspace_;
  const ParameterStore* parameters_ = nullptr;
  ImageBatch batch_;
  BatchKey key_;
  bool training_ = false;
};

}  // namespace polytask
