// What every report of a study of missing labels says alike.

#pragma once

#include <cstddef>
#include <optional>
#include <string>

#include "polytask/study/missing_labels.h"

namespace polytask {

struct Spread {
  std::optional<double> mean;       // over the seeds where it is defined
  std::optional<double> deviation;  // absent for fewer than two
};

// A metric of a task, as the evaluations of the point's trainings have it.
[[nodiscard]] Spread metric_of(const MissingPoint& point, std::size_t task,
                               const std::string& metric);

// The score by which the study compares. Of several numbers of a regression the
// evaluations have one each; their common score is the comparison's.
[[nodiscard]] Spread score_of(const MissingPoint& point, std::size_t task);

// "25 %"
[[nodiscard]] std::string percent_text(double share);

// "2 seeds; trained on 128 images, epochs chosen on 32, measured on 40 with all
// their answers"
[[nodiscard]] std::string images_text(const MissingStudy& study);

// "as good: worse by less than the margin, 0.02 (of an error: 0.02 of that of
// the lowest level)"
[[nodiscard]] std::string margin_text(const MissingStudy& study);

// "-0.1250 to -0.0312", "-" where there is none
[[nodiscard]] std::string interval_text(const Number& number);

}  // namespace polytask
