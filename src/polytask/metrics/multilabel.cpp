#include "polytask/metrics/multilabel.h"

#include <algorithm>

#include "polytask/base/error.h"
#include "polytask/base/text.h"
#include "polytask/metrics/row_outcome.h"

namespace polytask {
namespace {

std::vector<double> checked_thresholds(std::int64_t labels,
                                       const std::vector<double>& thresholds) {
  if (labels < 1) {
    throw Error(
        Fault::config,
        cat("multilabel meter: expected at least 1 label, found ", labels));
  }
  const auto count = static_cast<std::size_t>(labels);
  if (thresholds.empty()) return std::vector<double>(count, 0.5);
  if (thresholds.size() != count) {
    throw Error(Fault::config,
                cat("multilabel meter: expected ", count,
                    " thresholds, one per label, found ", thresholds.size()));
  }
  for (std::size_t l = 0; l < count; ++l) {
    if (thresholds[l] >= 0.0 && thresholds[l] <= 1.0) continue;
    throw Error(Fault::config,
                cat("multilabel meter: threshold of label ", l,
                    ": expected a number from 0 to 1, found ", thresholds[l]));
  }
  return thresholds;
}

Number ratio(std::int64_t part, std::int64_t n, const char* reason) {
  if (n == 0) return {.reason = reason};
  return {.value = static_cast<double>(part) / static_cast<double>(n), .n = n};
}

ConfusionMatrix sum(const MultilabelCounts& counts) {
  ConfusionMatrix total;
  for (const ConfusionMatrix& label : counts.labels) {
    total.true_negative += label.true_negative;
    total.false_positive += label.false_positive;
    total.false_negative += label.false_negative;
    total.true_positive += label.true_positive;
  }
  return total;
}

using LabelScore = Number (*)(const ConfusionMatrix&);

Number average_over_labels(const MultilabelCounts& counts, Average average,
                           LabelScore score) {
  if (average == Average::micro) return score(sum(counts));
  Number mean;
  double total = 0.0;
  double weights = 0.0;
  for (const ConfusionMatrix& label : counts.labels) {
    const Number of_label = score(label);
    const double weight = average == Average::weighted
                              ? static_cast<double>(label.support())
                              : 1.0;
    if (!of_label.value || weight == 0.0) continue;
    total += weight * *of_label.value;
    weights += weight;
    ++mean.n;
  }
  if (mean.n == 0) return {.reason = "defined for no label"};
  mean.value = total / weights;
  return mean;
}

// A label that occurs and is never answered yes has precision 0 in a mean, one
// that does not occur has none.
Number precision_in_mean(const ConfusionMatrix& label) {
  if (label.support() == 0) return {.reason = "no observed positive"};
  if (label.answered() == 0) return {.value = 0.0, .n = label.support()};
  return precision(label);
}

}  // namespace

MultilabelMeter::MultilabelMeter(std::int64_t labels,
                                 const std::vector<double>& thresholds)
    : thresholds_(checked_thresholds(labels, thresholds)) {
  reset();
}

void MultilabelMeter::add(std::span<const float> probabilities,
                          std::span<const float> targets,
                          std::span<const float> weights) {
  const std::size_t labels = thresholds_.size();
  const std::size_t n = probabilities.size();
  if (targets.size() != n || weights.size() != n || n % labels != 0) {
    throw Error(Fault::shape,
                cat("multilabel meter: expected equal lengths, a multiple of ",
                    labels, " labels, found probabilities=", n,
                    " targets=", targets.size(), " weights=", weights.size()));
  }
  for (std::size_t row = 0; row < n; row += labels) {
    RowOutcome outcome;
    for (std::size_t l = 0; l < labels; ++l) {
      const float p = probabilities[row + l];
      const Cell cell = weights[row + l] > 0.0f
                            ? cell_of(p, targets[row + l], thresholds_[l])
                            : Cell::missing;
      outcome.see(l, cell, p);
      count_cell(cell, 1, counts_.labels[l]);
    }
    count_row(outcome, 1, counts_);
  }
}

void MultilabelMeter::merge(const MultilabelMeter& other) {
  if (thresholds_ != other.thresholds_) {
    throw Error(Fault::shape,
                "multilabel meter: expected a meter of the same labels and "
                "thresholds to merge with, found another");
  }
  const MultilabelCounts& from = other.counts_;
  for (std::size_t l = 0; l < counts_.labels.size(); ++l) {
    counts_.labels[l].true_negative += from.labels[l].true_negative;
    counts_.labels[l].false_positive += from.labels[l].false_positive;
    counts_.labels[l].false_negative += from.labels[l].false_negative;
    counts_.labels[l].true_positive += from.labels[l].true_positive;
  }
  counts_.observed_rows += from.observed_rows;
  counts_.subset_right += from.subset_right;
  counts_.argmax_rows += from.argmax_rows;
  counts_.argmax_right += from.argmax_right;
  counts_.top_rows += from.top_rows;
  counts_.top_wrong += from.top_wrong;
}

void MultilabelMeter::reset() {
  counts_ = {};
  counts_.labels.resize(thresholds_.size());
}

std::optional<double> MultilabelMeter::argmax_accuracy() const {
  return polytask::argmax_accuracy(counts_).value;
}

std::optional<double> MultilabelMeter::label_accuracy() const {
  return polytask::label_accuracy(counts_).value;
}

std::optional<double> MultilabelMeter::subset_accuracy() const {
  return polytask::subset_accuracy(counts_).value;
}

Number argmax_accuracy(const MultilabelCounts& counts) {
  return ratio(counts.argmax_right, counts.argmax_rows,
               "no image with an observed positive");
}

Number subset_accuracy(const MultilabelCounts& counts) {
  return ratio(counts.subset_right, counts.observed_rows, "no observed label");
}

Number one_error(const MultilabelCounts& counts) {
  return ratio(counts.top_wrong, counts.top_rows,
               "no image with an observed positive to rank");
}

Number label_accuracy(const MultilabelCounts& counts) {
  return label_accuracy(sum(counts));
}

Number hamming_loss(const MultilabelCounts& counts) {
  const ConfusionMatrix total = sum(counts);
  return ratio(total.false_positive + total.false_negative, total.observed(),
               "no observed label");
}

Number precision(const ConfusionMatrix& confusion) {
  return ratio(confusion.true_positive,
               confusion.true_positive + confusion.false_positive,
               "never answered yes");
}

Number recall(const ConfusionMatrix& confusion) {
  return ratio(confusion.true_positive, confusion.support(),
               "no observed positive");
}

Number f1(const ConfusionMatrix& confusion) {
  const std::int64_t n = confusion.true_positive + confusion.false_positive +
                         confusion.false_negative;
  if (n == 0) return {.reason = "no observed positive, never answered yes"};
  const auto twice = static_cast<double>(2 * confusion.true_positive);
  return {.value = twice / static_cast<double>(n + confusion.true_positive),
          .n = n};
}

Number label_accuracy(const ConfusionMatrix& confusion) {
  return ratio(confusion.true_negative + confusion.true_positive,
               confusion.observed(), "no observed label");
}

Number precision(const MultilabelCounts& counts, Average average) {
  if (average == Average::micro) return precision(sum(counts));
  return average_over_labels(counts, average, precision_in_mean);
}

Number recall(const MultilabelCounts& counts, Average average) {
  return average_over_labels(counts, average, recall);
}

Number f1(const MultilabelCounts& counts, Average average) {
  return average_over_labels(counts, average, f1);
}

Number macro_mean(std::span<const Number> of_labels) {
  Number mean;
  double total = 0.0;
  for (const Number& label : of_labels) {
    if (!label.value) continue;
    total += *label.value;
    ++mean.n;
  }
  if (mean.n == 0) return {.reason = "defined for no label"};
  mean.value = total / static_cast<double>(mean.n);
  return mean;
}

}  // namespace polytask
