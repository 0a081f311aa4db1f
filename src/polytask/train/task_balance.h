// The weighting of tasks at work in one training: from the losses of a batch to
// the gradients of the network, and what there is to say about it each epoch.

#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "polytask/base/function_ref.h"
#include "polytask/network/network.h"
#include "polytask/task/multi_task_loss.h"
#include "polytask/task/task.h"
#include "polytask/train/progress.h"
#include "polytask/train/train.h"
#include "polytask/weighting/gradient_conflict.h"
#include "polytask/weighting/task_weighting.h"

namespace polytask {

class TaskBalance {
 public:
  // Throws Fault::config when the weighting does not go with these tasks.
  //   plan   made with gradients_needed(options)
  TaskBalance(const std::vector<Task>& tasks, const TrainOptions& options,
              const NetworkPlan& plan);

  // What the network has to be planned with.
  [[nodiscard]] static TaskGradients gradients_needed(
      const TrainOptions& options);
  // Whether after_step() wants the losses of the batch once more.
  [[nodiscard]] bool asks_again() const {
    return weighting_->needs().losses_after_step;
  }

  // Keeps the loss of a task in the batch at hand.
  void note(std::size_t task, const LossValue& value);

  // backward() of the network, whose gradients of the logits are those of the
  // noted losses, without weights. Kinds that look at the losses weigh the
  // gradients of the logits; kinds that look at gradients weigh those of the
  // trunk, and each head keeps its own. To be recorded alone, the trunk's
  // gradients are computed beside what the training follows, whose bits stay.
  //   epoch   from 1
  //   step    from 0, through all epochs
  void backward(Network& network, int epoch, std::int64_t step);

  // The losses noted since are those after the step.
  void after_step() { weighting_->after_step(losses_); }

  // What happened since the last call, and the kind's own end of an epoch.
  // Means over the steps: "task/weight", "task/gradient_norm" (of the shared
  // features or the trunk, as weighting.gradients says), "a~b/cosine",
  // "a~b/conflicts" (share of the steps with a cosine below 0), "conflicts"
  // (share with any such pair), "regulariser"; where conflicts over the trunk
  // are recorded also "a~b/layer/cosine" and "a~b/layer/conflicts" of each of
  // its layers. Empty for equal weights that no one asked to watch.
  //   mean_losses   [T], NaN for a task without one
  [[nodiscard]] MetricValues end_epoch(int epoch,
                                       std::span<const double> mean_losses);

  [[nodiscard]] std::span<const double> state() const {
    return weighting_->state();
  }
  // Throws Fault::data when it is no state of this weighting.
  void restore(std::span<const double> state) { weighting_->restore(state); }

 private:
  void scale_gradients(Network& network);
  void add_gramian(std::span<const double> gramian, bool weighted);
  void add_layers(std::span<const double> gramians);
  void add_conflicts(MetricValues& values) const;
  void add_pairs(const ConflictMeter& meter, const std::string& layer,
                 MetricValues& values) const;

  std::vector<std::string> names_;
  bool watched_ = false;    // there is something to say
  bool only_seen_ = false;  // the trunk's gradients, which are not weighted
  std::unique_ptr<TaskWeighting> weighting_;
  std::vector<double> losses_;  // of the batch, [T]
  std::vector<std::uint8_t> present_;
  std::vector<double> weights_;  // of the step, [T]
  // Since the last epoch's end.
  std::int64_t steps_ = 0;
  std::vector<double> weight_sums_;
  std::vector<double> norm_sums_;
  std::optional<ConflictMeter> conflicts_;
  struct Layer {
    std::string name;
    ConflictMeter conflicts;
  };
  std::vector<Layer> layers_;  // of the trunk, where they are recorded
};

}  // namespace polytask
