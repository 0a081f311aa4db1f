#include "polytask/train/epoch_meter.h"

#include <cmath>

#include "polytask/base/text.h"
#include "polytask/train/ratio.h"

namespace polytask {

void TaskMeter::reset() {
  loss_ = {};
  reset_answers();
}

void TaskMeter::add(std::span<const float> logits,
                    std::span<const float> targets,
                    std::span<const float> weights, const LossValue& loss) {
  loss_.weighted_sum += loss.weighted_sum;
  loss_.observed += loss.observed;
  add_answers(logits, targets, weights);
}

double TaskMeter::loss() const {
  return ratio(task_.columns() * loss_.weighted_sum, loss_.observed);
}

MetricValues TaskMeter::values() const {
  MetricValues values{{"loss", loss()}};
  append_values(values);
  return values;
}

EpochMeter::EpochMeter(const std::vector<Task>& tasks,
                       const std::vector<TargetStatistics>& statistics)
    : tasks_(tasks) {
  for (std::size_t t = 0; t < tasks.size(); ++t) {
    meters_.push_back(make_task_meter(tasks[t], statistics[t]));
  }
}

void EpochMeter::reset() {
  for (const auto& meter : meters_) meter->reset();
}

std::vector<double> EpochMeter::losses() const {
  std::vector<double> losses;
  for (const auto& meter : meters_) losses.push_back(meter->loss());
  return losses;
}

double EpochMeter::relative_error() const {
  std::vector<double> tasks;
  for (const auto& meter : meters_) tasks.push_back(meter->relative_error());
  return mean_of_defined(tasks);
}

MetricValues EpochMeter::values() const {
  if (meters_.size() == 1) return meters_.front()->values();
  double sum = 0.0;
  bool any = false;
  MetricValues values{{"loss", std::nan("")}};
  for (std::size_t t = 0; t < meters_.size(); ++t) {
    // A task of which nothing was observed adds nothing.
    const double loss = meters_[t]->loss();
    any = any || !std::isnan(loss);
    sum += std::isnan(loss) ? 0.0 : tasks_[t].weight * loss;
    for (const auto& [name, value] : meters_[t]->values()) {
      values.emplace_back(cat(tasks_[t].name, '/', name), value);
    }
  }
  if (any) values.front().second = sum;
  return values;
}

}  // namespace polytask
