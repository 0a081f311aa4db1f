// What a task's meter counts, by what its answers are.

#include <cmath>
#include <utility>

#include "polytask/base/text.h"
#include "polytask/metrics/multilabel.h"
#include "polytask/model/answers.h"
#include "polytask/task/kind_traits.h"
#include "polytask/train/epoch_meter.h"
#include "polytask/train/ratio.h"

namespace polytask {
namespace {

using Floats = std::span<const float>;

class LabelMeter : public TaskMeter {
 public:
  LabelMeter(const Task& task, const TargetStatistics& statistics)
      : TaskMeter(task), counts_(task.units(), thresholds_of(task)) {
    for (const double share : statistics.shares) {
      constant_.push_back(share > 0.5 ? 1.0 : 0.0);
    }
  }

  [[nodiscard]] double relative_error() const override {
    if (constant_.empty()) return std::nan("");
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

 private:
  void reset_answers() override { counts_.reset(); }

  void add_answers(Floats logits, Floats targets, Floats weights) override {
    probabilities_.resize(logits.size());  // grows in the first batch only
    for (std::size_t i = 0; i < logits.size(); ++i) {
      probabilities_[i] = sigmoid(logits[i]);
    }
    counts_.add(probabilities_, targets, weights);
  }

  void append_values(MetricValues& values) const override {
    values.emplace_back("argmax_accuracy",
                        counts_.argmax_accuracy().value_or(std::nan("")));
    values.emplace_back("label_accuracy",
                        counts_.label_accuracy().value_or(std::nan("")));
  }

  std::vector<double> constant_;  // the best answer that ignores the image
  MultilabelMeter counts_;
  std::vector<float> probabilities_;  // of a batch
};

// Of one column: errors of what was observed.
struct Errors {
  double sum = 0.0;
  double right = 0.0;
  double observed = 0.0;
  // Of the best answer that ignores the image.
  double constant_sum = 0.0;
  double constant_right = 0.0;
};

// Errors of answers that are one number per column.
class ErrorMeter : public TaskMeter {
 public:
  //   constant   the best answer that ignores the image; empty where unknown
  ErrorMeter(const Task& task, std::vector<double> constant)
      : TaskMeter(task),
        constant_(std::move(constant)),
        errors_(static_cast<std::size_t>(task.columns())),
        answer_(static_cast<std::size_t>(answer_count(task))) {}

  [[nodiscard]] double relative_error() const override {
    if (constant_.empty()) return std::nan("");
    std::vector<double> ratios;
    for (const Errors& errors : errors_) {
      ratios.push_back(error_ratio(errors));
    }
    return mean_of_defined(ratios);
  }

 protected:
  [[nodiscard]] const std::vector<Errors>& errors() const { return errors_; }

  [[nodiscard]] virtual double error_ratio(const Errors& e) const {
    return ratio(e.sum, e.constant_sum);
  }

 private:
  // The answer to one column.
  [[nodiscard]] virtual double answered(Floats answer, std::size_t c) const = 0;

  void reset_answers() override {
    for (Errors& errors : errors_) errors = {};
  }

  void add_answers(Floats logits, Floats targets, Floats /*weights*/) override {
    const auto units = static_cast<std::size_t>(task().units());
    const std::size_t columns = errors_.size();
    for (std::size_t row = 0; row * columns < targets.size(); ++row) {
      // Without statistics a regression's answer is in deviations, as its
      // target.
      answer(task(), {}, logits.subspan(row * units, units), answer_);
      add_answer(targets.subspan(row * columns, columns));
    }
  }

  void add_answer(Floats targets) {
    for (std::size_t c = 0; c < targets.size(); ++c) {
      if (std::isnan(targets[c])) continue;
      const double found = answered(answer_, c);
      Errors& errors = errors_[c];
      errors.sum += std::abs(found - targets[c]);
      errors.right += found == targets[c] ? 1.0 : 0.0;
      errors.observed += 1.0;
      if (constant_.empty()) continue;
      errors.constant_sum += std::abs(constant_[c] - targets[c]);
      errors.constant_right += constant_[c] == targets[c] ? 1.0 : 0.0;
    }
  }

  std::vector<double> constant_;
  std::vector<Errors> errors_;  // one per column
  std::vector<float> answer_;   // to one image
};

// Always the most frequent class, of an ordered task the median.
std::vector<double> constant_class(const Task& task,
                                   const TargetStatistics& statistics) {
  if (statistics.shares.empty()) return {};
  const std::vector<float> answer(statistics.shares.begin(),
                                  statistics.shares.end());
  return {static_cast<double>(answered_class(task, answer))};
}

class ClassMeter : public ErrorMeter {
 public:
  ClassMeter(const Task& task, const TargetStatistics& statistics)
      : ErrorMeter(task, constant_class(task, statistics)) {}

 private:
  [[nodiscard]] double error_ratio(const Errors& e) const override {
    if (traits_of(task()).ordered) return ErrorMeter::error_ratio(e);
    return ratio(e.observed - e.right, e.observed - e.constant_right);
  }

  [[nodiscard]] double answered(Floats answer,
                                std::size_t /*c*/) const override {
    return answered_class(task(), answer);
  }

  void append_values(MetricValues& values) const override {
    const Errors& e = errors().front();
    values.emplace_back("top_1_accuracy", ratio(e.right, e.observed));
    if (!traits_of(task()).ordered) return;
    values.emplace_back("mean_absolute_error", ratio(e.sum, e.observed));
  }
};

// Always the median, in deviations as the targets are; of what is counted the
// mean.
std::vector<double> constant_numbers(const Task& task,
                                     const TargetStatistics& statistics) {
  std::vector<double> answer;
  for (const NumberStatistics& n : statistics.numbers) {
    answer.push_back(traits_of(task).counted ? n.mean
                                             : (n.median - n.mean) / n.scale());
  }
  return answer;
}

// The unit of the data for the targets of each column.
std::vector<double> units_of_data(const Task& task,
                                  const TargetStatistics& statistics) {
  std::vector<double> units(static_cast<std::size_t>(task.columns()), 1.0);
  if (statistics.numbers.empty() || traits_of(task).counted) return units;
  for (std::size_t c = 0; c < units.size(); ++c) {
    units[c] = statistics.numbers[c].scale();
  }
  return units;
}

class NumberMeter : public ErrorMeter {
 public:
  NumberMeter(const Task& task, const TargetStatistics& statistics)
      : ErrorMeter(task, constant_numbers(task, statistics)),
        units_(units_of_data(task, statistics)) {}

 private:
  [[nodiscard]] double answered(Floats answer, std::size_t c) const override {
    return answer[c];
  }

  void append_values(MetricValues& values) const override {
    const std::vector<std::string> outputs = task().outputs();
    for (std::size_t c = 0; c < units_.size(); ++c) {
      const Errors& e = errors()[c];
      values.emplace_back(units_.size() == 1
                              ? std::string("mean_absolute_error")
                              : cat("mean_absolute_error/", outputs[c]),
                          units_[c] * ratio(e.sum, e.observed));
    }
  }

  std::vector<double> units_;
};

}  // namespace

std::unique_ptr<TaskMeter> make_task_meter(const Task& task,
                                           const TargetStatistics& statistics) {
  switch (form_of(task)) {
    case AnswerForm::labels:
      return std::make_unique<LabelMeter>(task, statistics);
    case AnswerForm::classes:
      return std::make_unique<ClassMeter>(task, statistics);
    case AnswerForm::numbers:
      break;
  }
  return std::make_unique<NumberMeter>(task, statistics);
}

}  // namespace polytask
