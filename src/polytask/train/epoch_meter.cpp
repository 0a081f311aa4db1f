#include "polytask/train/epoch_meter.h"

#include <limits>

#include "polytask/task/multi_task_loss.h"

namespace polytask {
namespace {

double or_nan(std::optional<double> value) {
  return value.value_or(std::numeric_limits<double>::quiet_NaN());
}

}  // namespace

EpochMeter::EpochMeter(const Task& task)
    : labels_(task.units()), counts_(task.units(), task.thresholds) {}

void EpochMeter::reset() {
  counts_.reset();
  weighted_loss_ = 0.0;
  observed_ = 0.0;
}

void EpochMeter::add(std::span<const float> logits,
                     std::span<const float> targets,
                     std::span<const float> weights, double weighted_loss,
                     double observed) {
  weighted_loss_ += weighted_loss;
  observed_ += observed;
  probabilities_.resize(logits.size());  // grows in the first batch only
  for (std::size_t i = 0; i < logits.size(); ++i) {
    probabilities_[i] = sigmoid(logits[i]);
  }
  counts_.add(probabilities_, targets, weights);
}

double EpochMeter::loss() const {
  if (observed_ == 0.0) return std::numeric_limits<double>::quiet_NaN();
  return labels_ * weighted_loss_ / observed_;
}

MetricValues EpochMeter::values() const {
  return {{"loss", loss()},
          {"argmax_accuracy", or_nan(counts_.argmax_accuracy())},
          {"label_accuracy", or_nan(counts_.label_accuracy())}};
}

}  // namespace polytask
