// Everything worth saying about a task's answers, each number beside what the
// best constant answer reaches and how far it would move on other images.
//
// Metrics, in this order; scikit-learn's names and definitions in full words
// (what is counted and what is missing: multilabel.h):
//
//   argmax_accuracy label_accuracy subset_accuracy hamming_loss one_error
//   {micro,macro,weighted}_{precision,recall,f1}
//   {macro,micro}_average_precision  sum over distinct thresholds of
//                                    (R_n - R_(n-1)) P_n; equal scores at once
//   label_ranking_average_precision  rows without a negative or a positive are
//                                    1 where fully observed, else do not count
//   {macro,micro}_roc_auc            P(positive above negative) + P(equal) / 2
//
// Per label: precision recall f1 average_precision roc_auc label_accuracy, and
// the plain facts support (positives), prevalence, missing, threshold. A macro
// number is the mean over the labels where it is defined, and its n says how
// many these are. In macro and weighted precision a label that occurs and is
// never answered yes counts 0 (TaskEvaluation::never_answered), and one that
// does not occur is left out (do_not_occur).
//
// Baselines. Each is the same metric of an answer that ignores the image; a
// baseline is stated even where the network's own value is undefined.
//   label_accuracy, hamming_loss   yes where the prior is above .5
//   subset_accuracy   the most frequent set of labels in the training images;
//                     where that is not known, the most frequent one of the
//                     evaluated images, or the answer above if it is right more
//                     often
//   argmax_accuracy   always the most frequent first label, of the training
//                     images where it is known
//   precision, recall, f1   always yes: prevalence p, 1 and 2 p / (1 + p)
//   all that rank     the prior as every image's probabilities: prevalence for
//                     average precision, .5 for the area under the curve
//
// Intervals: bootstrap.h; one resampling serves all metrics and labels, so
// differences between them are comparable.

#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "polytask/metrics/evaluation.h"

namespace polytask {

struct MultilabelInput {
  std::string task{};
  std::vector<std::string> labels{};       // L names
  std::span<const float> probabilities{};  // [N, L] in [0, 1]
  std::span<const float> targets{};        // [N, L] 0, 1 or NaN: missing
  std::vector<double> thresholds{};        // [L] in [0, 1]; empty: .5
  std::vector<double> prior{};  // [L] prevalence in the training images, NaN
                                // where unknown; empty: the evaluation's own
  // Of the training images as well, [L]; empty: the evaluation's own.
  std::vector<double> first_label{};  // how often each is the first positive
  std::vector<double> label_set{};    // 0 or 1: the most frequent set
};

// Costs about resamples * N * L * 8 ns; allocates about 60 bytes a label of an
// image. The result does not depend on the order of the images, but for the
// intervals.
//
// Throws Fault::shape when names, lengths, thresholds or prior do not fit
// together, Fault::data when a probability or a target is none (naming image
// and label), Fault::config when resamples is negative.
[[nodiscard]] TaskEvaluation evaluate_multilabel(
    const MultilabelInput& input, const BootstrapOptions& options = {});

// The project's loss, L times the mean log loss over the observed labels, of
// the answer that gives every image the prior: the loss's baseline. Absent
// when no label is observed. The prior is clipped to [1e-7, 1 - 1e-7], as the
// loss clips probabilities. Throws as evaluate_multilabel.
[[nodiscard]] std::optional<double> baseline_loss(const MultilabelInput& input);

}  // namespace polytask
