// One score a task, image by image: what two models are compared by.
//
//   multilabel    label_accuracy        right labels over observed labels
//   categorical   top_1_accuracy        right over 1
//   ordinal       mean_absolute_error   classes between answer and truth
//   count         mean_absolute_error   |answer - truth|
//   regression    mean_absolute_error   the same; of several numbers each in
//                                       its standard deviations over these
//                                       images, for their units differ
//
// The score of all images is sum(numerator) / sum(denominator) of their terms,
// as evaluate_model gives it.

#pragma once

#include <string>
#include <vector>

#include "polytask/data/dataset.h"
#include "polytask/metrics/bootstrap.h"
#include "polytask/metrics/paired.h"
#include "polytask/predict/predictor.h"

namespace polytask {

struct TaskScores {
  std::string task;
  std::string metric;
  Direction direction = Direction::higher_is_better;
  std::vector<RatioTerm> images;  // [N]; denominator 0 where nothing is known
};

// One entry a task of the model. The data's columns are found by the tasks'
// names; see columns.h. Throws Fault::data when they or the images do not fit.
[[nodiscard]] std::vector<TaskScores> score_images(Predictor& predictor,
                                                   const Dataset& data);

}  // namespace polytask
