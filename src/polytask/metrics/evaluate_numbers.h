// What the answers of a regression or count task are worth, each number beside
// its baseline and with its interval, as in evaluate.h.
//
//   mean_absolute_error       mean |answer - target|
//   root_mean_squared_error   sqrt mean (answer - target)^2
//   r2                        1 - sum (answer - target)^2 / sum (target -
//                             mean)^2, undefined where the targets are equal
//
// a count as well:
//
//   exact_accuracy, within_one_accuracy   of the answer rounded to a whole
//                                         number
//   poisson_deviance   2 mean (y log(y / answer) - y + answer)
//
// A task of several numbers has them for each of its numbers (they may have
// different units), and macro_r2 as its own.
//
// Baselines: the mean of the training images; their median for
// mean_absolute_error and the accuracies; for macro_r2 the mean of what each
// number's mean reaches, which is below 0 where the evaluated images have
// another one. A mean or median that is NaN has no baselines.

#pragma once

#include <span>
#include <string>
#include <vector>

#include "polytask/metrics/bootstrap.h"
#include "polytask/metrics/evaluation.h"

namespace polytask {

struct NumbersInput {
  std::string task{};
  bool count = false;
  std::vector<std::string> outputs{};  // D names
  std::span<const float> answers{};    // [N, D]
  std::span<const float> targets{};    // [N, D], NaN: missing
  // Of the training images, [D]; empty: the evaluation's own.
  std::vector<double> means{};
  std::vector<double> medians{};
};

// Throws Fault::shape when lengths do not fit together, Fault::config when
// resamples is negative.
[[nodiscard]] TaskEvaluation evaluate_numbers(
    const NumbersInput& input, const BootstrapOptions& options = {});

}  // namespace polytask
