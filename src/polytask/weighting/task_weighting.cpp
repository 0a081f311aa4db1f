#include "polytask/weighting/task_weighting.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "polytask/base/error.h"
#include "polytask/base/text.h"
#include "polytask/weighting/weighting_kinds.h"
#include "polytask/weighting/weighting_schedule.h"
#include "polytask/weighting/weighting_settings.h"

namespace polytask {
namespace {

// Numbers whose squares and sums stay finite.
bool is_usable(double v) { return std::abs(v) <= 1e100; }
bool can_be_learned(double v) { return std::abs(v) <= 1e250; }

// A gradient shorter than 1e-14 of the longest is the rounding of 0.
constexpr double kZeroGradient = 1e-28;

double entry(std::span<const double> gramian, std::size_t count, int i, int j) {
  return gramian[static_cast<std::size_t>(i) * count +
                 static_cast<std::size_t>(j)];
}

std::vector<std::string> weight_problems(std::span<const double> weights) {
  std::vector<std::string> found;
  bool some = false;
  for (std::size_t t = 0; t < weights.size(); ++t) {
    const bool usable = weights[t] >= 0.0 && is_usable(weights[t]);
    some = some || (usable && weights[t] > 0.0);
    if (usable) continue;
    found.push_back(cat("weight of task ", t + 1,
                        ": expected finite and >= 0, got ", weights[t]));
  }
  if (found.empty() && !some) {
    found.emplace_back("weights of the tasks: expected one above 0 at least");
  }
  return found;
}

}  // namespace

TaskWeighting::TaskWeighting(const WeightingOptions& options,
                             WeightedTasks tasks, std::size_t state_size)
    : options_(options),
      weighted_(std::move(tasks)),
      state_(state_size),
      factors_(weighted_.weights.size()),
      weights_(weighted_.weights.size()),
      part_(weighted_.weights.size()),
      part_losses_(weighted_.weights.size()),
      part_after_(weighted_.weights.size()),
      part_weights_(weighted_.weights.size()) {}

std::span<const double> TaskWeighting::weights(const WeightingStep& step) {
  find_factors(step.epoch);
  choose_part(step);
  pack_gramian(step.gramian);
  step_ = step.step;
  may_learn_ = part_is_finite();
  if (!may_learn_) {
    std::ranges::copy(factors_, weights_.begin());
    return weights_;
  }
  std::ranges::fill(weights_, 0.0);
  if (part_size_ == 0) return weights_;
  const auto weights = std::span(part_weights_).first(part_size_);
  weigh(part(), weights);
  for (std::size_t i = 0; i < part_size_; ++i) {
    const auto task = static_cast<std::size_t>(part_[i]);
    weights_[task] = weights[i] * factors_[task];
  }
  return weights_;
}

void TaskWeighting::find_factors(int epoch) {
  for (int t = 0; t < tasks(); ++t) {
    const auto task = static_cast<std::size_t>(t);
    factors_[task] =
        weighted_.weights[task] *
        scheduled_factor(options_.schedule, weighted_.names[task], epoch);
  }
}

void TaskWeighting::choose_part(const WeightingStep& step) {
  const bool needs_gramian = needs().gramian;
  const std::size_t count = weighted_.weights.size();
  double longest = 0.0;
  for (int t = 0; needs_gramian && t < tasks(); ++t) {
    longest = std::max(longest, entry(step.gramian, count, t, t));
  }
  part_size_ = 0;
  for (int t = 0; t < tasks(); ++t) {
    const auto task = static_cast<std::size_t>(t);
    if (factors_[task] == 0.0) continue;
    if (!step.present.empty() && step.present[task] == 0) continue;
    // NaN is no zero: part_is_finite() shall see it.
    if (needs_gramian &&
        entry(step.gramian, count, t, t) <= kZeroGradient * longest) {
      continue;
    }
    part_[part_size_++] = t;
  }
  for (std::size_t i = 0; i < part_size_; ++i) {
    part_losses_[i] = step.losses[static_cast<std::size_t>(part_[i])];
  }
}

void TaskWeighting::pack_gramian(std::span<const double> gramian) {
  if (!needs().gramian) return;
  const std::size_t count = weighted_.weights.size();
  part_gramian_ = TaskMatrix(static_cast<int>(part_size_));
  for (int i = 0; i < part_gramian_.size(); ++i) {
    for (int j = 0; j < part_gramian_.size(); ++j) {
      const int row = part_[static_cast<std::size_t>(i)];
      const int column = part_[static_cast<std::size_t>(j)];
      part_gramian_(i, j) = 0.5 *
                            (entry(gramian, count, row, column) +
                             entry(gramian, count, column, row)) *
                            seen_factor(row) * seen_factor(column);
    }
  }
}

double TaskWeighting::seen_factor(int task) const {
  return weighs_scaled_gradients(options_.kind)
             ? factors_[static_cast<std::size_t>(task)]
             : 1.0;
}

bool TaskWeighting::part_is_finite() const {
  bool finite = std::all_of(
      part_losses_.begin(),
      part_losses_.begin() + static_cast<std::ptrdiff_t>(part_size_),
      is_usable);
  for (int i = 0; i < part_gramian_.size(); ++i) {
    for (int j = 0; j < part_gramian_.size(); ++j) {
      finite = finite && is_usable(part_gramian_(i, j));
    }
  }
  return finite;
}

TaskWeighting::Part TaskWeighting::part() const {
  return {.tasks = std::span(part_).first(part_size_),
          .losses = std::span(part_losses_).first(part_size_),
          .gramian = part_gramian_,
          .step = step_};
}

void TaskWeighting::after_step(std::span<const double> losses) {
  if (!needs().losses_after_step || !may_learn_ || part_size_ == 0) return;
  for (std::size_t i = 0; i < part_size_; ++i) {
    part_after_[i] = losses[static_cast<std::size_t>(part_[i])];
  }
  may_learn_ = false;  // once a step
  const auto after = std::span<const double>(part_after_).first(part_size_);
  if (!std::ranges::all_of(after, is_usable)) return;
  learn_from_step(part(), after);
}

void TaskWeighting::end_epoch(int epoch, std::span<const double> mean_losses) {
  const bool usable = std::ranges::all_of(
      mean_losses, [](double v) { return std::isnan(v) || is_usable(v); });
  if (usable) learn_from_epoch(epoch, mean_losses);
}

void TaskWeighting::learn_from_step(const Part&, std::span<const double>) {}

void TaskWeighting::learn_from_epoch(int, std::span<const double>) {}

bool TaskWeighting::is_possible(std::span<const double>) const { return true; }

void TaskWeighting::restore(std::span<const double> state) {
  const std::string place = cat("weighting ", name_of(options_.kind));
  if (state.size() != state_.size()) {
    throw Error(Fault::data, cat(place, ": expected a state of ", state_.size(),
                                 " numbers, found ", state.size(),
                                 "; it was saved with another recipe"));
  }
  if (!std::ranges::all_of(state, can_be_learned) || !is_possible(state)) {
    throw Error(Fault::data, cat(place,
                                 ": expected a state that training can reach, "
                                 "found impossible numbers; use an older "
                                 "checkpoint"));
  }
  std::ranges::copy(state, state_.begin());
}

std::unique_ptr<TaskWeighting> make_weighting(const WeightingOptions& options,
                                              const WeightedTasks& tasks) {
  std::vector<std::string> found = problems(options, tasks.names);
  if (tasks.weights.size() != tasks.names.size()) {
    found.push_back(cat("weights of the tasks: expected ", tasks.names.size(),
                        ", one per name, got ", tasks.weights.size()));
  }
  for (std::string& problem : weight_problems(tasks.weights)) {
    found.push_back(std::move(problem));
  }
  if (found.size() == 1) throw Error(Fault::config, found.front());
  if (!found.empty()) {
    throw Error(Fault::config, "weighting:" + bullet_list(found));
  }
  auto weighting = make_loss_kind(options, tasks);
  return weighting ? std::move(weighting) : make_gradient_kind(options, tasks);
}

}  // namespace polytask
