#include <algorithm>
#include <cmath>
#include <numeric>

#include "polytask/weighting/weighting_adam.h"
#include "polytask/weighting/weighting_from_losses.h"
#include "polytask/weighting/weighting_kinds.h"

namespace polytask {
namespace {

// Makes shares sum to the number of tasks.
void share_out(std::span<double> weights) {
  const double sum = std::accumulate(weights.begin(), weights.end(), 0.0);
  const auto count = static_cast<double>(weights.size());
  for (double& w : weights) w *= count / sum;
}

class EqualWeighting final : public TaskWeighting {
 public:
  EqualWeighting(const WeightingOptions& options, const WeightedTasks& tasks)
      : TaskWeighting(options, tasks, 0) {}

 private:
  void weigh(const Part&, std::span<double> weights) override {
    std::ranges::fill(weights, 1.0);
  }
};

// State: Adam's, of the log variances s.
class UncertaintyWeighting final : public TaskWeighting {
 public:
  UncertaintyWeighting(const WeightingOptions& options,
                       const WeightedTasks& tasks)
      : TaskWeighting(options, tasks,
                      ScalarAdam::kPerValue * tasks.weights.size()) {
    std::ranges::fill(log_variances(), kFirst);
  }

  [[nodiscard]] double regulariser() const override { return regulariser_; }

 private:
  static constexpr double kFirst = -0.5;
  // A loss of 0 or below would drive its weight up for ever.
  static constexpr double kLargest = 10.0;

  std::span<double> log_variances() {
    return learned().first(static_cast<std::size_t>(tasks()));
  }

  void weigh(const Part& part, std::span<double> weights) override {
    ScalarAdam adam(learned(), options().uncertainty_learning_rate);
    regulariser_ = 0.0;
    for (std::size_t i = 0; i < weights.size(); ++i) {
      const int task = part.tasks[i];
      double& s = log_variances()[static_cast<std::size_t>(task)];
      weights[i] = uncertainty_weight(s);
      regulariser_ += 0.5 * s;
      adam.move(task, uncertainty_slope(s, part.losses[i]));
      s = std::clamp(s, -kLargest, kLargest);
    }
  }

  [[nodiscard]] bool is_possible(std::span<const double> state) const override {
    const auto s = state.first(static_cast<std::size_t>(tasks()));
    return is_adam_state(state) && std::ranges::all_of(s, [](double v) {
             return std::abs(v) <= kLargest;
           });
  }

  double regulariser_ = 0.0;
};

// State: the mean losses of the last epoch, then of the one before; 0: none.
class DwaWeighting final : public TaskWeighting {
 public:
  DwaWeighting(const WeightingOptions& options, const WeightedTasks& tasks)
      : TaskWeighting(options, tasks, 2 * tasks.weights.size()),
        last_(tasks.weights.size()),
        before_last_(tasks.weights.size()) {}

 private:
  void weigh(const Part& part, std::span<double> weights) override {
    const std::size_t count = weights.size();
    for (std::size_t i = 0; i < count; ++i) {
      const auto task = static_cast<std::size_t>(part.tasks[i]);
      last_[i] = learned()[task];
      before_last_[i] = learned()[last_.size() + task];
    }
    dwa_weights(std::span(last_).first(count),
                std::span(before_last_).first(count), options().dwa_temperature,
                weights);
  }

  // An epoch without the task leaves its two epochs as they were.
  void learn_from_epoch(int, std::span<const double> mean_losses) override {
    for (std::size_t t = 0; t < mean_losses.size(); ++t) {
      if (std::isnan(mean_losses[t])) continue;
      learned()[mean_losses.size() + t] = learned()[t];
      learned()[t] = mean_losses[t];
    }
  }

  std::vector<double> last_;
  std::vector<double> before_last_;
};

class RlwWeighting final : public TaskWeighting {
 public:
  RlwWeighting(const WeightingOptions& options, const WeightedTasks& tasks)
      : TaskWeighting(options, tasks, 0),
        key_(random_key(tasks.seed, RandomUse::weighting)) {}

 private:
  void weigh(const Part& part, std::span<double> weights) override {
    rlw_weights({.key = key_, .step = part.step, .tasks = part.tasks}, weights);
    share_out(weights);
  }

  PhiloxKey key_;
};

class GlsWeighting final : public TaskWeighting {
 public:
  GlsWeighting(const WeightingOptions& options, const WeightedTasks& tasks)
      : TaskWeighting(options, tasks, 0) {}

 private:
  void weigh(const Part& part, std::span<double> weights) override {
    gls_weights(part.losses, weights);
    share_out(weights);
  }
};

// State: the reference losses; 0: none yet.
class StchWeighting final : public TaskWeighting {
 public:
  StchWeighting(const WeightingOptions& options, const WeightedTasks& tasks)
      : TaskWeighting(options, tasks, tasks.weights.size()),
        reference_(tasks.weights.size()) {}

 private:
  // Before the reference is known, and for a task that was absent until then,
  // a loss is its own reference: weights as those of gls.
  void weigh(const Part& part, std::span<double> weights) override {
    for (std::size_t i = 0; i < weights.size(); ++i) {
      const double known = learned()[static_cast<std::size_t>(part.tasks[i])];
      reference_[i] = known > 0.0 ? known : part.losses[i];
    }
    stch_weights(part.losses, std::span(reference_).first(weights.size()),
                 options().stch_mu, weights);
    share_out(weights);
  }

  void learn_from_epoch(int epoch,
                        std::span<const double> mean_losses) override {
    if (epoch + 1 < options().stch_warm_up_epochs) return;
    for (std::size_t t = 0; t < mean_losses.size(); ++t) {
      double& reference = learned()[t];
      if (std::isnan(mean_losses[t]) || reference > 0.0) continue;
      reference = at_least(mean_losses[t]);
    }
  }

  std::vector<double> reference_;
};

// State: Adam's, of the logits.
class FamoWeighting final : public TaskWeighting {
 public:
  FamoWeighting(const WeightingOptions& options, const WeightedTasks& tasks)
      : TaskWeighting(options, tasks,
                      ScalarAdam::kPerValue * tasks.weights.size()),
        shares_(tasks.weights.size()) {}

 private:
  [[nodiscard]] std::span<double> logits_of(std::span<const int> part) {
    for (std::size_t i = 0; i < part.size(); ++i) {
      shares_[i] = learned()[static_cast<std::size_t>(part[i])];
    }
    return std::span(shares_).first(part.size());
  }

  void weigh(const Part& part, std::span<double> weights) override {
    famo_weights(part.losses, logits_of(part.tasks), weights);
    share_out(weights);
  }

  // The fall of a log loss is the gradient by its share z; a task that fell
  // more than the others needs less.
  void learn_from_step(const Part& before,
                       std::span<const double> after) override {
    const std::span<double> z = logits_of(before.tasks);
    softmax(z);
    const auto fall = [&](std::size_t i) {
      return std::log(at_least(before.losses[i])) -
             std::log(at_least(after[i]));
    };
    double mean_fall = 0.0;
    for (std::size_t i = 0; i < z.size(); ++i) mean_fall += z[i] * fall(i);
    ScalarAdam adam(learned(), options().famo_learning_rate);
    for (std::size_t i = 0; i < z.size(); ++i) {
      const int task = before.tasks[i];
      const double logit = learned()[static_cast<std::size_t>(task)];
      adam.move(task, z[i] * (fall(i) - mean_fall) +
                          options().famo_weight_decay * logit);
    }
  }

  [[nodiscard]] bool is_possible(std::span<const double> state) const override {
    return is_adam_state(state);
  }

  std::vector<double> shares_;
};

}  // namespace

std::unique_ptr<TaskWeighting> make_loss_kind(const WeightingOptions& options,
                                              const WeightedTasks& tasks) {
  switch (options.kind) {
    case WeightingKind::equal:
      return std::make_unique<EqualWeighting>(options, tasks);
    case WeightingKind::uncertainty:
      return std::make_unique<UncertaintyWeighting>(options, tasks);
    case WeightingKind::dwa:
      return std::make_unique<DwaWeighting>(options, tasks);
    case WeightingKind::rlw:
      return std::make_unique<RlwWeighting>(options, tasks);
    case WeightingKind::gls:
      return std::make_unique<GlsWeighting>(options, tasks);
    case WeightingKind::stch:
      return std::make_unique<StchWeighting>(options, tasks);
    case WeightingKind::famo:
      return std::make_unique<FamoWeighting>(options, tasks);
    default:
      return nullptr;
  }
}

}  // namespace polytask
