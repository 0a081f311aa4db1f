#include "polytask/train/task_balance.h"

#include <algorithm>
#include <cmath>

#include "polytask/base/text.h"

namespace polytask {
namespace {

WeightedTasks weighted(const std::vector<Task>& tasks, std::uint64_t seed) {
  WeightedTasks weighted{.names = task_names(tasks), .seed = seed};
  for (const Task& task : tasks) weighted.weights.push_back(task.weight);
  return weighted;
}

}  // namespace

TaskGradients TaskBalance::gradients_needed(const TrainOptions& options) {
  if (!options.record_conflicts && !needs_of(options.weighting.kind).gramian) {
    return TaskGradients::together;
  }
  return options.weighting.gradients == WeightedGradients::trunk
             ? TaskGradients::trunk
             : TaskGradients::features;
}

TaskBalance::TaskBalance(const std::vector<Task>& tasks,
                         const TrainOptions& options, const NetworkPlan& plan)
    : names_(task_names(tasks)),
      watched_(options.record_conflicts ||
               options.weighting.kind != WeightingKind::equal ||
               !options.weighting.schedule.empty()),
      weighting_(
          make_weighting(options.weighting, weighted(tasks, options.seed))),
      losses_(tasks.size()),
      present_(tasks.size()),
      weights_(tasks.size()),
      weight_sums_(tasks.size()),
      norm_sums_(tasks.size()) {
  const TaskGradients needed = gradients_needed(options);
  if (needed == TaskGradients::together) return;
  conflicts_.emplace(static_cast<int>(tasks.size()));
  if (needed != TaskGradients::trunk) return;
  only_seen_ = !weighting_->needs().gramian;
  if (!options.record_conflicts) return;
  for (const TrunkLayer& layer : plan.trunk_layers) {
    layers_.push_back(
        {layer.name, ConflictMeter(static_cast<int>(tasks.size()))});
  }
}

void TaskBalance::note(std::size_t task, const LossValue& value) {
  losses_[task] = value.loss;
  present_[task] = value.observed > 0.0 ? 1 : 0;
}

void TaskBalance::backward(Network& network, int epoch, std::int64_t step) {
  WeightingStep seen{.losses = losses_,
                     .present = present_,
                     .gramian = {},
                     .epoch = epoch - 1,
                     .step = step};
  const bool from_gradients = weighting_->needs().gramian;
  if (!from_gradients) {
    std::ranges::copy(weighting_->weights(seen), weights_.begin());
    scale_gradients(network);
  }
  if (!conflicts_) {
    network.backward();
  } else {
    network.backward(
        [&](std::span<const double> gramian, std::span<double> weights) {
          add_gramian(gramian, !from_gradients);
          add_layers(network.layer_gramians());
          std::ranges::fill(weights, 1.0);
          if (!from_gradients) return;
          seen.gramian = gramian;
          std::ranges::copy(weighting_->weights(seen), weights_.begin());
          std::ranges::copy(weights_, weights.begin());
        });
    if (only_seen_) network.backward();
  }
  ++steps_;
  for (std::size_t t = 0; t < weights_.size(); ++t) {
    weight_sums_[t] += weights_[t];
  }
}

void TaskBalance::scale_gradients(Network& network) {
  for (std::size_t t = 0; t < weights_.size(); ++t) {
    const auto weight = static_cast<float>(weights_[t]);
    if (weight == 1.0f) continue;
    for (float& d : network.diff_logits(t)) d *= weight;
  }
}

// A cosine is the same with weights and without; a length is not.
void TaskBalance::add_gramian(std::span<const double> gramian, bool weighted) {
  conflicts_->add(gramian);
  for (std::size_t t = 0; t < weights_.size(); ++t) {
    const double weight = weighted ? weights_[t] : 1.0;
    const double square = gramian[t * (weights_.size() + 1)];
    if (weight > 0.0) norm_sums_[t] += std::sqrt(square) / weight;
  }
}

void TaskBalance::add_layers(std::span<const double> gramians) {
  const std::size_t count = weights_.size() * weights_.size();
  for (std::size_t l = 0; l < layers_.size(); ++l) {
    layers_[l].conflicts.add(gramians.subspan(l * count, count));
  }
}

MetricValues TaskBalance::end_epoch(int epoch,
                                    std::span<const double> mean_losses) {
  weighting_->end_epoch(epoch - 1, mean_losses);
  MetricValues values;
  const double steps = static_cast<double>(std::max<std::int64_t>(steps_, 1));
  for (std::size_t t = 0; watched_ && t < names_.size(); ++t) {
    values.emplace_back(names_[t] + "/weight", weight_sums_[t] / steps);
    if (!conflicts_) continue;
    values.emplace_back(names_[t] + "/gradient_norm", norm_sums_[t] / steps);
  }
  if (conflicts_) add_conflicts(values);
  if (weighting_->regulariser() != 0.0) {
    values.emplace_back("regulariser", weighting_->regulariser());
  }
  steps_ = 0;
  std::ranges::fill(weight_sums_, 0.0);
  std::ranges::fill(norm_sums_, 0.0);
  const ConflictMeter none(static_cast<int>(names_.size()));
  if (conflicts_) conflicts_ = none;
  for (Layer& layer : layers_) layer.conflicts = none;
  return values;
}

void TaskBalance::add_conflicts(MetricValues& values) const {
  add_pairs(*conflicts_, "", values);
  if (conflicts_->tasks() < 2) return;
  values.emplace_back("conflicts",
                      conflicts_->conflict_share().value_or(std::nan("")));
  for (const Layer& layer : layers_) {
    add_pairs(layer.conflicts, "/" + layer.name, values);
  }
}

//   layer   "/conv2d_1", or empty for all that was looked at
void TaskBalance::add_pairs(const ConflictMeter& meter,
                            const std::string& layer,
                            MetricValues& values) const {
  for (int i = 0; i < meter.tasks(); ++i) {
    for (int j = i + 1; j < meter.tasks(); ++j) {
      const PairConflict& pair = meter.pair(i, j);
      const std::string name = cat(names_[static_cast<std::size_t>(i)], '~',
                                   names_[static_cast<std::size_t>(j)], layer);
      values.emplace_back(name + "/cosine",
                          pair.mean_cosine().value_or(std::nan("")));
      values.emplace_back(name + "/conflicts",
                          pair.conflict_share().value_or(std::nan("")));
    }
  }
}

}  // namespace polytask
