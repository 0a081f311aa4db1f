// Chooses the weights of the tasks, step by step, for the training loop.
//
//   auto weighting = make_weighting(
//       options, {.names = {"a", "b"}, .weights = {1, 2}, .seed = 7});
//   for each step:   w = weighting->weights({losses, present, gramian,
//   ...});
//                    d = sum of w[t] g_t on the trunk; update everything
//                    weighting->after_step(losses of the same batch again)
//   for each epoch:  weighting->end_epoch(mean losses)
//
// A task takes part in a step when its factor (its own weight times that of the
// schedule) is above 0, when one of its labels is in the batch, and, for kinds
// that need the Gramian, when its gradient is not 0. The others have weight 0,
// and T below is the number of those that take part. The weight of a task is
// its factor times what the kind decides. Kinds that mend conflicts
// (weighs_scaled_gradients) decide about the gradients times their factors, so
// that what they promise holds for the sum that the trunk follows; the factor
// does not enter the decision of the others.
//
// A loss or an inner product that is no finite number is the loop's to report:
// in such a step the weights are the factors, and nothing is learned from it.
//
// Everything a kind learns is one flat state of fixed length. The same options,
// seed, state and steps give the same bits. One per training; not thread-safe.
// After construction nothing here allocates or throws, but restore().

#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "polytask/weighting/weighting.h"
#include "polytask/weighting/weighting_matrix.h"

namespace polytask {

struct WeightingStep {
  std::span<const double> losses;  // [T] raw: unweighted, no regulariser
  // [T], 0 where no label of the task is in the batch; empty: all are present.
  std::span<const std::uint8_t> present;
  std::span<const double> gramian;  // [T, T]; empty when not needed
  int epoch = 0;                    // from 0
  std::int64_t step = 0;            // from 0, through all epochs
};

struct WeightedTasks {
  std::vector<std::string> names;  // [T]
  std::vector<double> weights;     // [T] the tasks' own, >= 0, not all 0
  std::uint64_t seed = 0;
};

class TaskWeighting {
 public:
  TaskWeighting(const WeightingOptions& options, WeightedTasks tasks,
                std::size_t state_size);
  virtual ~TaskWeighting() = default;
  TaskWeighting(const TaskWeighting&) = delete;
  TaskWeighting& operator=(const TaskWeighting&) = delete;

  [[nodiscard]] WeightingNeeds needs() const { return needs_of(options_.kind); }

  // [T] weights of this step, valid until the next call. Kinds that learn from
  // the step as it is (uncertainty, gradnorm) do so after choosing them.
  std::span<const double> weights(const WeightingStep& step);

  // The losses [T] of the same batch once more, after the parameters moved. For
  // kinds that ask for it; ignored by the others.
  void after_step(std::span<const double> losses);

  // The mean losses [T] of an epoch (from 0); NaN for a task that had none.
  void end_epoch(int epoch, std::span<const double> mean_losses);

  // What the kind adds to the objective apart from the weighted losses, nats;
  // as of the last step. To be shown apart from the losses, never among them.
  [[nodiscard]] virtual double regulariser() const { return 0.0; }

  // All that was learned, to be kept in a checkpoint.
  [[nodiscard]] std::span<const double> state() const { return state_; }

  // Continues from state() of a weighting made with the same options. Throws
  // Fault::data when the length or a number is impossible; nothing is changed
  // then.
  void restore(std::span<const double> state);

 protected:
  // What the kind sees: the tasks that take part, closely packed.
  struct Part {
    std::span<const int> tasks;      // [n] their numbers in the network
    std::span<const double> losses;  // [n]
    const TaskMatrix& gramian;       // [n, n], or of size 0 when not needed
    std::int64_t step;
  };

  // Overwrites weights [n], before the factors. May learn.
  virtual void weigh(const Part& part, std::span<double> weights) = 0;
  // The same tasks' losses before and after the step, [n].
  virtual void learn_from_step(const Part& before,
                               std::span<const double> after);
  virtual void learn_from_epoch(int epoch, std::span<const double> mean_losses);
  // Whether every number of a state is one this kind could have made.
  [[nodiscard]] virtual bool is_possible(std::span<const double> state) const;

  [[nodiscard]] const WeightingOptions& options() const { return options_; }
  [[nodiscard]] int tasks() const {
    return static_cast<int>(weighted_.weights.size());
  }
  [[nodiscard]] std::span<double> learned() { return state_; }
  [[nodiscard]] std::span<const double> learned() const { return state_; }

 private:
  void find_factors(int epoch);
  void choose_part(const WeightingStep& step);
  void pack_gramian(std::span<const double> gramian);
  // By what the kind sees a gradient multiplied.
  [[nodiscard]] double seen_factor(int task) const;
  [[nodiscard]] bool part_is_finite() const;
  [[nodiscard]] Part part() const;

  WeightingOptions options_;
  WeightedTasks weighted_;
  std::vector<double> state_;
  std::vector<double> factors_;  // [T] of the last step
  std::vector<double> weights_;  // [T] of the last step
  std::vector<int> part_;        // the first part_size_ are those taking part
  std::size_t part_size_ = 0;
  std::int64_t step_ = 0;
  bool may_learn_ = false;  // the last step was finite
  std::vector<double> part_losses_;
  std::vector<double> part_after_;
  std::vector<double> part_weights_;
  TaskMatrix part_gramian_{0};
};

// Throws Fault::config, listing every problem of the options for this many
// tasks and of the tasks' weights.
[[nodiscard]] std::unique_ptr<TaskWeighting> make_weighting(
    const WeightingOptions& options, const WeightedTasks& tasks);

}  // namespace polytask
