// What the answers of a categorical or ordinal task are worth, each number
// beside its baseline and with its interval, as in evaluate.h.
//
// Of C classes, from the matrix of true and answered classes; scikit-learn's
// names and definitions in full words:
//
//   top_1_accuracy       the answered class is the true one
//   balanced_accuracy    mean recall of the classes that occur
//   {macro,weighted}_{precision,recall,f1}   over the classes where defined
//   cohen_kappa          (accuracy - expected) / (1 - expected)
//   log_loss             mean of -log p of the true class, p at least 1e-7
//
// ordinal, instead of the averages:
//
//   within_one_accuracy, mean_absolute_error   in classes
//   quadratic_weighted_kappa   1 - sum d^2 n / sum d^2 expected n
//
// Per class: precision, recall, f1, and support, prevalence, missing.
//
// Baselines: always the class that is most frequent in the training images (of
// an ordinal task: their median); the prior itself for log_loss. A class that
// is never answered has no precision; its F1 is 0 if it occurs, and in macro
// and weighted precision it counts 0 (TaskEvaluation::never_answered). A class
// that does not occur is left out of means of precision and recall
// (do_not_occur).

#pragma once

#include <span>
#include <string>
#include <vector>

#include "polytask/metrics/bootstrap.h"
#include "polytask/metrics/evaluation.h"

namespace polytask {

struct ClassesInput {
  std::string task{};
  bool ordinal = false;
  std::vector<std::string> classes{};      // C names
  std::span<const float> probabilities{};  // [N, C]
  std::span<const int> answered{};         // [N]
  std::span<const float> targets{};  // [N] number of a class, NaN: missing
  std::vector<double> prior{};       // [C] shares; empty: the evaluation's own
};

// Throws Fault::shape when lengths do not fit together, Fault::config when
// resamples is negative.
[[nodiscard]] TaskEvaluation evaluate_classes(
    const ClassesInput& input, const BootstrapOptions& options = {});

}  // namespace polytask
