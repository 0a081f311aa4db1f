#include <algorithm>
#include <cmath>

#include "polytask/weighting/weighting_adam.h"
#include "polytask/weighting/weighting_from_gradients.h"
#include "polytask/weighting/weighting_from_losses.h"
#include "polytask/weighting/weighting_kinds.h"

namespace polytask {
namespace {

double norm_of(const TaskMatrix& gramian, int i) {
  return std::sqrt(gramian(i, i));
}

// The weights a_t of unit gradients, a_t n_t, brought to a sum of T in units of
// the mean length.
void use_mean_length(const TaskMatrix& gramian, TaskVector& weights) {
  double lengths = 0.0;
  double shares = 0.0;
  for (int i = 0; i < weights.size(); ++i) {
    lengths += norm_of(gramian, i);
    shares += weights[i] * norm_of(gramian, i);
  }
  weights *= lengths / shares;
}

// The same where that sum may be 0: IMTL-G has the harmonic mean of n already.
void use_mean_for_harmonic_mean(const TaskMatrix& gramian,
                                TaskVector& weights) {
  double lengths = 0.0;
  double inverse = 0.0;
  for (int i = 0; i < weights.size(); ++i) {
    lengths += norm_of(gramian, i);
    inverse += 1.0 / norm_of(gramian, i);
  }
  weights *= lengths * (inverse / weights.size());
}

// What a kind without a state makes of the Gramian, on the common scale.
TaskVector direction_weights(const WeightingOptions& options,
                             const TaskMatrix& gramian,
                             const PcgradDraw& draw) {
  TaskVector weights(gramian.size());
  switch (options.kind) {
    case WeightingKind::mgda:
      weights = mgda_weights(gramian);
      return weights *= gramian.size();
    case WeightingKind::cagrad:
      weights = cagrad_weights(gramian, options.cagrad_c);
      return weights *= gramian.size();
    case WeightingKind::imtl_g:
      weights = imtl_g_weights(gramian);
      use_mean_for_harmonic_mean(gramian, weights);
      return weights;
    case WeightingKind::nash_mtl:
      weights = nash_mtl_weights(gramian);
      use_mean_length(gramian, weights);
      return weights;
    case WeightingKind::aligned_mtl:
      return aligned_mtl_weights(gramian, ComponentLength::root_mean_square);
    case WeightingKind::upgrad:
      weights = upgrad_weights(gramian);
      return weights *= gramian.size();
    default:
      return pcgrad_weights(gramian, draw);
  }
}

class DirectionWeighting final : public TaskWeighting {
 public:
  DirectionWeighting(const WeightingOptions& options,
                     const WeightedTasks& tasks)
      : TaskWeighting(options, tasks, 0),
        key_(random_key(tasks.seed, RandomUse::weighting)) {}

 private:
  void weigh(const Part& part, std::span<double> weights) override {
    const TaskVector found = direction_weights(
        options(), part.gramian,
        {.key = key_, .step = part.step, .tasks = part.tasks});
    std::ranges::copy(found, weights.begin());
  }

  PhiloxKey key_;
};

// State: Adam's, of the logits v with w = T softmax(v); then the mean losses of
// a task's first epoch, 0: none.
class GradnormWeighting final : public TaskWeighting {
 public:
  GradnormWeighting(const WeightingOptions& options, const WeightedTasks& tasks)
      : TaskWeighting(options, tasks,
                      (ScalarAdam::kPerValue + 1) * tasks.weights.size()) {}

 private:
  [[nodiscard]] std::span<double> adam_state() {
    return learned().first(learned().size() -
                           static_cast<std::size_t>(tasks()));
  }
  [[nodiscard]] std::span<double> first_losses() {
    return learned().last(static_cast<std::size_t>(tasks()));
  }

  void weigh(const Part& part, std::span<double> weights) override {
    for (std::size_t i = 0; i < weights.size(); ++i) {
      weights[i] = learned()[static_cast<std::size_t>(part.tasks[i])];
    }
    softmax(weights);
    for (double& w : weights) w *= static_cast<double>(weights.size());
    learn(part, weights);
  }

  // L_t over its first, each over the mean of all: above 1 trains slowly.
  [[nodiscard]] TaskVector relative_rates(const Part& part) {
    TaskVector rates(part.gramian.size());
    for (int i = 0; i < rates.size(); ++i) {
      const auto at = static_cast<std::size_t>(i);
      const double first =
          first_losses()[static_cast<std::size_t>(part.tasks[at])];
      rates[i] =
          first > 0.0 ? at_least(part.losses[at]) / at_least(first) : 1.0;
    }
    rates *= rates.size() / sum(rates);
    return rates;
  }

  // A step down sum |w_t n_t - m r_t^alpha|, m = the mean of w n, with the goal
  // held fast, in units of m.
  void learn(const Part& part, std::span<const double> weights) {
    const int n = part.gramian.size();
    double mean = 0.0;
    for (int i = 0; i < n; ++i) {
      mean +=
          weights[static_cast<std::size_t>(i)] * norm_of(part.gramian, i) / n;
    }
    const TaskVector rates = relative_rates(part);
    TaskVector pull(n);
    for (int i = 0; i < n; ++i) {
      const double norm = weights[static_cast<std::size_t>(i)] *
                          norm_of(part.gramian, i) / mean;
      const double goal = std::pow(rates[i], options().gradnorm_alpha);
      if (norm != goal) pull[i] = norm > goal ? norm : -norm;
    }
    const double all = sum(pull) / n;
    ScalarAdam adam(adam_state(), options().gradnorm_learning_rate);
    for (int i = 0; i < n; ++i) {
      const auto at = static_cast<std::size_t>(i);
      adam.move(part.tasks[at], pull[i] - weights[at] * all);
    }
  }

  void learn_from_epoch(int, std::span<const double> mean_losses) override {
    for (std::size_t t = 0; t < mean_losses.size(); ++t) {
      double& first = first_losses()[t];
      if (std::isnan(mean_losses[t]) || first > 0.0) continue;
      first = at_least(mean_losses[t]);
    }
  }

  [[nodiscard]] bool is_possible(std::span<const double> state) const override {
    return is_adam_state(
        state.first(state.size() - static_cast<std::size_t>(tasks())));
  }
};

}  // namespace

bool weighs_scaled_gradients(WeightingKind kind) {
  return kind == WeightingKind::pcgrad || kind == WeightingKind::mgda ||
         kind == WeightingKind::cagrad || kind == WeightingKind::upgrad;
}

std::unique_ptr<TaskWeighting> make_gradient_kind(
    const WeightingOptions& options, const WeightedTasks& tasks) {
  if (!needs_of(options.kind).gramian) return nullptr;
  if (options.kind == WeightingKind::gradnorm) {
    return std::make_unique<GradnormWeighting>(options, tasks);
  }
  return std::make_unique<DirectionWeighting>(options, tasks);
}

}  // namespace polytask
