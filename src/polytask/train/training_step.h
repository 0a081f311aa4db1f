// One step of a training and the plan it runs: the same for all who train, time
// or describe one.
//
//   TrainingStep step(model, *data, options, pool);
//   if (const auto why = step.differentiate(images, epoch, each_loss)) ...
//   step.update();

#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "polytask/base/function_ref.h"
#include "polytask/base/thread_pool.h"
#include "polytask/data/batch.h"
#include "polytask/model/model.h"
#include "polytask/network/network.h"
#include "polytask/optim/adam.h"
#include "polytask/task/multi_task_loss.h"
#include "polytask/train/task_balance.h"
#include "polytask/train/train.h"

namespace polytask {

// What a training with these options runs. Throws as plan_model does.
[[nodiscard]] std::shared_ptr<const NetworkPlan> plan_training(
    const ModelSpec& spec, const TrainOptions& options, int workers);
[[nodiscard]] std::shared_ptr<const NetworkPlan> plan_training(
    const Model& model, const TrainOptions& options, int workers);

// Bytes that a plan takes, but for the images. Arrays of parameters, and what
// the optimiser keeps of them, fill whole cache lines.
struct TrainingMemory {
  std::size_t workspace = 0;
  std::size_t parameters = 0;
  std::size_t moments = 0;  // of Adam; 0 without a training
  std::size_t average = 0;  // of the weights; 0 without ema_momentum

  // What a training allocates for a model that has its parameters.
  [[nodiscard]] std::size_t reserved() const {
    return workspace + moments + average;
  }
  [[nodiscard]] std::size_t total() const { return reserved() + parameters; }
};

[[nodiscard]] TrainingMemory memory_of(const NetworkPlan& plan,
                                       const AdamOptions& adam);

// Overwrites `order` with the images 0 to its size, in the order of an epoch:
// another one in each, the same in every run with this seed.
//   epoch   from 1
void shuffle_images(std::uint64_t seed, int epoch,
                    std::span<std::int64_t> order);

// The batch as a network reads it.
[[nodiscard]] ImageBatch image_batch(const Batch& batch, const Dataset& data,
                                     const Preprocessing& preprocessing);

// Why a step cannot be made: the loss is not finite, or a gradient is of no use
// to Adam.
struct UnusableStep {
  std::string gradient_of;  // an array of parameters; empty: it is the loss
};

// "the loss is not finite", or "the gradient of conv2d_1/kernel is not finite
// or beyond 2^63".
[[nodiscard]] std::string to_text(const UnusableStep& step);

class TrainingStep {
 public:
  // Reserves all that a step needs. The model, the data and the pool must
  // outlive it; the data has the columns of the model's tasks, and the model
  // the target statistics of the data.
  // Throws as plan_training and TaskBalance do; Fault::resource when memory is
  // short.
  TrainingStep(Model& model, const Dataset& data, const TrainOptions& options,
               ThreadPool& pool);

  // The losses of a batch and their gradients; the parameters stay as they are.
  // Returns why update() must not follow; nothing when it may.
  //   images   indices into the data, at most options.batch_size
  //   epoch    from 1
  //   each     called with every task and its loss in this batch
  [[nodiscard]] std::optional<UnusableStep> differentiate(
      std::span<const std::int64_t> images, int epoch,
      FunctionRef<void(std::size_t task, const LossValue&)> each);

  // Overwrites the model's parameters by a step of Adam, with the learning rate
  // of the schedule; behind the last step of the training that of the last.
  // Where the weighting asks for it, looks at the batch once more.
  void update();

  // Goes on behind so many steps. Throws Fault::data when `weighting` is no
  // state of the weighting of tasks.
  void resume(std::int64_t steps_done, std::span<const double> weighting);

  // How often update() was called, through all epochs.
  [[nodiscard]] std::int64_t steps_done() const { return adam_.steps_done(); }
  // How often a step runs forward: 2 where the weighting asks for a second look
  // at the batch.
  [[nodiscard]] int forward_passes() const {
    return balance_.asks_again() ? 2 : 1;
  }
  // What is validated and saved: the moving average of the weights where there
  // is one, else the model's parameters.
  [[nodiscard]] const ParameterStore& result() const;

  [[nodiscard]] const NetworkPlan& plan() const { return network_.plan(); }
  [[nodiscard]] Network& network() { return network_; }
  [[nodiscard]] const Batch& batch() const { return batch_; }
  [[nodiscard]] TaskBalance& balance() { return balance_; }
  [[nodiscard]] AdamMemory& memory() { return memory_; }

 private:
  void forward();

  Model& model_;
  const Dataset& data_;
  TrainOptions options_;
  std::int64_t steps_ = 0;  // of the whole training
  Network network_;
  AdamMemory memory_;
  Adam adam_;
  Batch batch_;
  TaskBalance balance_;
  std::uint32_t epoch_ = 0;             // of the batch
  std::vector<std::uint32_t> samples_;  // numbers of the batch's images
};

}  // namespace polytask
