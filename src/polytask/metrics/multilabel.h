// Counting what a multi-label task answered, mask-aware, batch by batch.
//
// A label is answered "yes" when probability > threshold. Everything is counted
// in integers and divided once, when it is read: the numbers do not depend on
// the batch size, on the order of the images, or on which meter saw which.
//
// Missing labels (weight 0) are in no count and their targets are never read.
// A weight above 0 counts once, whatever its size. A target above .5 is
// a positive. In a row with missing labels:
//
//   argmax_accuracy   Keras' categorical accuracy on several labels: is the
//                     FIRST positive label the one with the largest
//                     probability? (Equal ones: the first.) Both are sought
//                     among the observed labels. A fully observed row without
//                     a positive has label 0 as its truth, as in Keras; with
//                     labels missing such a row does not count, for
//                     a positive may hide among them.
//   subset_accuracy   every observed label right
//   one_error         the label with the largest probability is no positive;
//                     rows without a positive do not count, nor rows with
//                     missing labels whose observed ones are all positive
//
// Rows without any observed label count nowhere.

#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "polytask/metrics/evaluation.h"

namespace polytask {

struct MultilabelCounts {
  std::vector<ConfusionMatrix> labels{};
  std::int64_t observed_rows = 0;
  std::int64_t subset_right = 0;  // of observed_rows
  std::int64_t argmax_rows = 0;
  std::int64_t argmax_right = 0;
  std::int64_t top_rows = 0;
  std::int64_t top_wrong = 0;  // one-error's rows
};

class MultilabelMeter {
 public:
  //   labels      L, at least 1
  //   thresholds  [L] in [0, 1]; empty: .5 each
  // Throws Fault::config otherwise.
  explicit MultilabelMeter(std::int64_t labels,
                           const std::vector<double>& thresholds = {});

  // Adds the rows. All three are [N, L]; N may differ from call to call and
  // may be 0. Does not allocate.
  //   probabilities  finite: a NaN is answered "no"
  //   targets        0 or 1; any value, NaN too, where the weight is 0
  // Throws Fault::shape when the lengths differ or are no multiple of L.
  void add(std::span<const float> probabilities, std::span<const float> targets,
           std::span<const float> weights);

  // As if everything `other` was given had been given to this one too.
  // Throws Fault::shape when number of labels or thresholds differ.
  void merge(const MultilabelMeter& other);
  void reset();

  [[nodiscard]] const MultilabelCounts& counts() const { return counts_; }

  // The lines of an epoch; absent when nothing was observed.
  [[nodiscard]] std::optional<double> argmax_accuracy() const;
  [[nodiscard]] std::optional<double> label_accuracy() const;
  [[nodiscard]] std::optional<double> subset_accuracy() const;

 private:
  std::vector<double> thresholds_;
  MultilabelCounts counts_;
};

// What follows from the counts. Each Number holds value, n and, where the
// value is absent, the reason; no baseline and no interval.

[[nodiscard]] Number argmax_accuracy(const MultilabelCounts& counts);
[[nodiscard]] Number subset_accuracy(const MultilabelCounts& counts);
[[nodiscard]] Number one_error(const MultilabelCounts& counts);
// n is the number of observed labels; hamming_loss = 1 - label_accuracy.
[[nodiscard]] Number label_accuracy(const MultilabelCounts& counts);
[[nodiscard]] Number hamming_loss(const MultilabelCounts& counts);

// Of one label. With TP, FP, FN, TN its confusion matrix:
//   precision       TP / (TP + FP)         n = TP + FP, answered yes
//   recall          TP / (TP + FN)         n = TP + FN, positives
//   f1              2 TP / (2 TP + FP + FN)   n = TP + FP + FN
//   label_accuracy  (TP + TN) / observed   n = observed
// A value whose n is 0 is absent, where scikit-learn says 0.
[[nodiscard]] Number precision(const ConfusionMatrix& confusion);
[[nodiscard]] Number recall(const ConfusionMatrix& confusion);
[[nodiscard]] Number f1(const ConfusionMatrix& confusion);
[[nodiscard]] Number label_accuracy(const ConfusionMatrix& confusion);

enum class Average {
  micro,     // of the matrices added up; n as above
  macro,     // plain mean over the labels where it is defined; n of labels
  weighted,  // the same, each label with its number of positives
};

// A macro or weighted precision counts a label that occurs and is never
// answered yes as 0, as scikit-learn does, and leaves out one that does not
// occur: a model cannot raise its mean by being silent.
[[nodiscard]] Number precision(const MultilabelCounts& counts, Average average);
[[nodiscard]] Number recall(const MultilabelCounts& counts, Average average);
[[nodiscard]] Number f1(const MultilabelCounts& counts, Average average);

// The plain mean of the values that are defined; n says of how many.
[[nodiscard]] Number macro_mean(std::span<const Number> of_labels);

}  // namespace polytask
