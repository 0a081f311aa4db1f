// The answers that ignore the image: what a number has to beat.

#pragma once

#include <span>
#include <vector>

#include "polytask/metrics/multilabel_sample.h"

namespace polytask {

enum class ConstantAnswer {
  majority,     // yes where the prior is above .5
  label_set,    // the most frequent set of labels, or the majority
  first_label,  // the most frequent first positive
  always_yes,
  prior,  // the prior as probabilities
};

inline constexpr ConstantAnswer kConstantAnswers[] = {
    ConstantAnswer::majority, ConstantAnswer::label_set,
    ConstantAnswer::first_label, ConstantAnswer::always_yes,
    ConstantAnswer::prior};

// What the training images say, [L] each; see MultilabelInput.
struct TrainingAnswers {
  std::vector<double> prior;        // finite
  std::vector<double> first_label;  // empty: that of the sample
  std::vector<double> label_set;    // empty: that of the sample
};

// What `answer` reaches on the truth of `sample`, whose targets are `targets`.
[[nodiscard]] Tally count_constant_answer(ConstantAnswer answer,
                                          const MultilabelSample& sample,
                                          std::span<const float> targets,
                                          const TrainingAnswers& training);

}  // namespace polytask
