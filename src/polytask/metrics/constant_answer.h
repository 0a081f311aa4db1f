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

// What `answer` reaches on the truth of `sample`, whose targets are `targets`.
//   prior  [L], finite
[[nodiscard]] Tally count_constant_answer(ConstantAnswer answer,
                                          const MultilabelSample& sample,
                                          std::span<const float> targets,
                                          std::span<const double> prior);

}  // namespace polytask
