#include "polytask/train/epoch_meter.h"

#include <cmath>
#include <limits>

#include "polytask/base/text.h"
#include "polytask/task/answers.h"
#include "polytask/task/prior.h"

namespace polytask {
namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

double ratio(double part, double whole) {
  return whole == 0.0 ? kNaN : part / whole;
}

// The counts of labels; of other kinds of tasks they stay empty.
MultilabelMeter counts_for(const Task& task) {
  if (task.kind != TaskKind::multilabel) return MultilabelMeter(1);
  return MultilabelMeter(task.units(), task.thresholds);
}

}  // namespace

TaskMeter::TaskMeter(const Task& task, std::span<const double> prior)
    : task_(task),
      prior_(prior.begin(), prior.end()),
      counts_(counts_for(task)),
      errors_(static_cast<std::size_t>(task.columns())) {}

void TaskMeter::reset() {
  counts_.reset();
  loss_ = {};
  for (Errors& errors : errors_) errors = {};
}

void TaskMeter::add(std::span<const float> logits,
                    std::span<const float> targets,
                    std::span<const float> weights, const LossValue& loss) {
  loss_.weighted_sum += loss.weighted_sum;
  loss_.observed += loss.observed;
  if (task_.kind != TaskKind::multilabel) {
    add_answers(logits, targets);
    return;
  }
  probabilities_.resize(logits.size());  // grows in the first batch only
  for (std::size_t i = 0; i < logits.size(); ++i) {
    probabilities_[i] = sigmoid(logits[i]);
  }
  counts_.add(probabilities_, targets, weights);
}

void TaskMeter::add_answers(std::span<const float> logits,
                            std::span<const float> targets) {
  const auto units = static_cast<std::size_t>(task_.units());
  const auto columns = static_cast<std::size_t>(task_.columns());
  probabilities_.resize(static_cast<std::size_t>(answer_count(task_)));
  for (std::size_t row = 0; row * columns < targets.size(); ++row) {
    // Without the prior a regression's answer is in deviations, as its target.
    answer(task_, {}, logits.subspan(row * units, units), probabilities_);
    add_answer(probabilities_, targets.subspan(row * columns, columns));
  }
}

void TaskMeter::add_answer(std::span<const float> answer,
                           std::span<const float> targets) {
  const bool has_classes =
      task_.kind == TaskKind::categorical || task_.kind == TaskKind::ordinal;
  for (std::size_t c = 0; c < targets.size(); ++c) {
    if (std::isnan(targets[c])) continue;
    const double found =
        has_classes ? answered_class(task_, answer) : double{answer[c]};
    Errors& errors = errors_[c];
    errors.sum += std::abs(found - targets[c]);
    errors.right += found == targets[c] ? 1.0 : 0.0;
    errors.observed += 1.0;
  }
}

double TaskMeter::loss() const {
  return ratio(task_.columns() * loss_.weighted_sum, loss_.observed);
}

MetricValues TaskMeter::values() const {
  MetricValues values{{"loss", loss()}};
  if (task_.kind == TaskKind::multilabel) {
    values.emplace_back("argmax_accuracy",
                        counts_.argmax_accuracy().value_or(kNaN));
    values.emplace_back("label_accuracy",
                        counts_.label_accuracy().value_or(kNaN));
    return values;
  }
  const Errors& first = errors_.front();
  if (task_.kind == TaskKind::categorical || task_.kind == TaskKind::ordinal) {
    values.emplace_back("top_1_accuracy", ratio(first.right, first.observed));
  }
  if (task_.kind == TaskKind::categorical) return values;
  const std::vector<std::string> outputs = task_.outputs();
  for (std::size_t c = 0; c < errors_.size(); ++c) {
    const double unit = task_.kind == TaskKind::regression && !prior_.empty()
                            ? moments(prior_, c).deviation
                            : 1.0;
    values.emplace_back(errors_.size() == 1
                            ? std::string("mean_absolute_error")
                            : cat("mean_absolute_error/", outputs[c]),
                        unit * ratio(errors_[c].sum, errors_[c].observed));
  }
  return values;
}

EpochMeter::EpochMeter(const std::vector<Task>& tasks,
                       const std::vector<std::vector<double>>& prior)
    : tasks_(tasks) {
  for (std::size_t t = 0; t < tasks.size(); ++t) {
    meters_.emplace_back(tasks[t], prior[t]);
  }
}

void EpochMeter::reset() {
  for (TaskMeter& meter : meters_) meter.reset();
}

std::vector<double> EpochMeter::losses() const {
  std::vector<double> losses;
  for (const TaskMeter& meter : meters_) losses.push_back(meter.loss());
  return losses;
}

MetricValues EpochMeter::values() const {
  if (meters_.size() == 1) return meters_.front().values();
  double sum = 0.0;
  bool any = false;
  MetricValues values{{"loss", kNaN}};
  for (std::size_t t = 0; t < meters_.size(); ++t) {
    // A task of which nothing was observed adds nothing.
    const double loss = meters_[t].loss();
    any = any || !std::isnan(loss);
    sum += std::isnan(loss) ? 0.0 : tasks_[t].weight * loss;
    for (const auto& [name, value] : meters_[t].values()) {
      values.emplace_back(cat(tasks_[t].name, '/', name), value);
    }
  }
  if (any) values.front().second = sum;
  return values;
}

}  // namespace polytask
