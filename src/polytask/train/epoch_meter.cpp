#include "polytask/train/epoch_meter.h"

#include <cmath>
#include <limits>

#include "polytask/base/text.h"
#include "polytask/model/answers.h"
#include "polytask/model/prior.h"

namespace polytask {
namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

double ratio(double part, double whole) {
  return whole == 0.0 ? kNaN : part / whole;
}

// The counts of labels; of other kinds of tasks they stay empty.
MultilabelMeter counts_for(const Task& task) {
  if (task.kind != TaskKind::multilabel) return MultilabelMeter(1);
  return MultilabelMeter(task.units(), thresholds_of(task));
}

// The class answered to every image: the most frequent one, of an ordinal task
// the median.
double constant_class(const Task& task, std::span<const double> shares) {
  const std::vector<float> answer(shares.begin(), shares.end());
  return answered_class(task, answer);
}

// What is right most often, or nearest, where the image is not looked at: one
// number a column, of a regression the median in deviations, of a count the
// mean. Empty without a prior.
std::vector<double> constant_answer(const Task& task,
                                    std::span<const double> prior) {
  if (prior.empty()) return {};
  std::vector<double> answer;
  switch (task.kind) {
    case TaskKind::multilabel:
      for (const double share : label_prior(task, prior).shares)
        answer.push_back(share > 0.5 ? 1.0 : 0.0);
      break;
    case TaskKind::categorical:
    case TaskKind::ordinal:
      answer.push_back(constant_class(task, prior));
      break;
    case TaskKind::regression:
      for (int c = 0; c < task.columns(); ++c) {
        const Moments m = moments(prior, static_cast<std::size_t>(c));
        answer.push_back((m.median - m.mean) / m.deviation);
      }
      break;
    case TaskKind::count:
      answer.push_back(moments(prior, 0).mean);
      break;
  }
  return answer;
}

double mean_of_defined(std::span<const double> values) {
  double sum = 0.0;
  double count = 0.0;
  for (const double value : values) {
    if (std::isnan(value)) continue;
    sum += value;
    count += 1.0;
  }
  return ratio(sum, count);
}

}  // namespace

TaskMeter::TaskMeter(const Task& task, std::span<const double> prior)
    : task_(task),
      prior_(prior.begin(), prior.end()),
      constant_(constant_answer(task, prior)),
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
    if (constant_.empty()) continue;
    errors.constant_sum += std::abs(constant_[c] - targets[c]);
    errors.constant_right += constant_[c] == targets[c] ? 1.0 : 0.0;
  }
}

double TaskMeter::loss() const {
  return ratio(task_.columns() * loss_.weighted_sum, loss_.observed);
}

double TaskMeter::relative_error() const {
  if (constant_.empty()) return kNaN;
  if (task_.kind == TaskKind::multilabel) return relative_error_of_labels();
  std::vector<double> ratios;
  for (const Errors& e : errors_) {
    ratios.push_back(
        task_.kind == TaskKind::categorical
            ? ratio(e.observed - e.right, e.observed - e.constant_right)
            : ratio(e.sum, e.constant_sum));
  }
  return mean_of_defined(ratios);
}

double TaskMeter::relative_error_of_labels() const {
  double wrong = 0.0;
  double constant_wrong = 0.0;
  const std::vector<ConfusionMatrix>& labels = counts_.counts().labels;
  for (std::size_t l = 0; l < labels.size(); ++l) {
    const ConfusionMatrix& m = labels[l];
    wrong += static_cast<double>(m.false_positive + m.false_negative);
    constant_wrong += static_cast<double>(
        constant_[l] > 0.5 ? m.observed() - m.support() : m.support());
  }
  return ratio(wrong, constant_wrong);
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

double EpochMeter::relative_error() const {
  std::vector<double> tasks;
  for (const TaskMeter& meter : meters_)
    tasks.push_back(meter.relative_error());
  return mean_of_defined(tasks);
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
