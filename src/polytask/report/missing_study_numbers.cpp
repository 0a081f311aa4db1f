#include "polytask/report/missing_study_numbers.h"

#include <cmath>
#include <vector>

#include "polytask/base/number_text.h"
#include "polytask/base/text.h"

namespace polytask {
namespace {

Spread spread_of(const std::vector<double>& values) {
  if (values.empty()) return {};
  const auto n = static_cast<double>(values.size());
  double sum = 0.0;
  for (const double v : values) sum += v;
  Spread spread{.mean = sum / n};
  if (values.size() < 2) return spread;
  double squares = 0.0;
  for (const double v : values) {
    squares += (v - *spread.mean) * (v - *spread.mean);
  }
  spread.deviation = std::sqrt(squares / (n - 1.0));
  return spread;
}

}  // namespace

Spread metric_of(const MissingPoint& point, std::size_t task,
                 const std::string& metric) {
  std::vector<double> values;
  for (const MissingTraining& training : point.trainings) {
    for (const auto& [name, number] :
         training.result.evaluation.tasks[task].metrics) {
      if (name == metric && number.value) values.push_back(*number.value);
    }
  }
  return spread_of(values);
}

Spread score_of(const MissingPoint& point, std::size_t task) {
  const TaskDifference& compared = point.tasks[task];
  const Spread spread = metric_of(point, task, compared.metric);
  if (spread.mean) return spread;
  return {.mean = compared.scores.candidate.value};
}

std::string percent_text(double share) {
  return cat(significant_text(100.0 * share, 6), " %");
}

std::string images_text(const MissingStudy& study) {
  return cat(study.seeds, study.seeds == 1 ? " seed" : " seeds",
             "; trained on ", study.train_images, " images, epochs chosen on ",
             study.validation_images, ", measured on ", study.test_images,
             " with all their answers");
}

std::string margin_text(const MissingStudy& study) {
  return cat("as good: worse by less than the margin, ", study.margin,
             " (of an error: ", study.margin, " of that of the lowest level)");
}

std::string interval_text(const Number& number) {
  if (!number.low || !number.high) return "-";
  return cat(fixed_text(*number.low, 4), " to ", fixed_text(*number.high, 4));
}

}  // namespace polytask
