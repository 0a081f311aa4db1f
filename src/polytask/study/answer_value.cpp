#include "polytask/study/answer_value.h"

#include <cmath>

#include "polytask/model/task_columns.h"
#include "polytask/task/kind_traits.h"

namespace polytask {
namespace {

std::optional<double> f1_of(const LabelEvaluation& label) {
  for (const auto& [name, number] : label.numbers) {
    if (name == "f1") return number.value;
  }
  return std::nullopt;
}

constexpr double kAnswers = 100.0;

// One number a seed.
std::vector<double> gains(const MissingPoint& fewer, const MissingPoint& more,
                          std::size_t task, std::size_t label) {
  std::vector<double> gains;
  for (std::size_t s = 0; s < more.trainings.size(); ++s) {
    const auto f1_in = [&](const MissingPoint& point) {
      return f1_of(
          point.trainings[s].result.evaluation.tasks[task].labels[label]);
    };
    const std::optional<double> before = f1_in(fewer);
    const std::optional<double> after = f1_in(more);
    if (before && after) gains.push_back(*after - *before);
  }
  return gains;
}

double mean(const std::vector<double>& values) {
  double sum = 0.0;
  for (const double v : values) sum += v;
  return sum / static_cast<double>(values.size());
}

std::optional<double> deviation(const std::vector<double>& values) {
  if (values.size() < 2) return std::nullopt;
  double sum = 0.0;
  for (const double v : values) {
    sum += (v - mean(values)) * (v - mean(values));
  }
  return std::sqrt(sum / static_cast<double>(values.size() - 1));
}

}  // namespace

std::vector<AnswerValue> answer_values(
    const std::vector<Task>& tasks, const std::vector<MissingPoint>& points) {
  std::vector<AnswerValue> values;
  const std::vector<int> counts = column_counts(tasks);
  std::size_t first = 0;  // column of the task
  for (std::size_t t = 0; t < tasks.size(); ++t) {
    const auto& labels =
        points.front().trainings.front().result.evaluation.tasks[t].labels;
    for (std::size_t l = 0; l < labels.size(); ++l) {
      // A label has a column of its own; the classes of a task share one.
      const std::size_t column =
          form_of(tasks[t]) == AnswerForm::labels ? first + l : first;
      for (std::size_t p = 0; p + 1 < points.size(); ++p) {
        const double to = points[p].columns[column].observed;
        const double from = points[p + 1].columns[column].observed;
        if (to <= from) continue;
        const std::vector<double> gain = gains(points[p + 1], points[p], t, l);
        if (gain.empty()) continue;
        values.push_back({.task = tasks[t].name,
                          .label = labels[l].label,
                          .from_observed = from,
                          .to_observed = to,
                          .f1_gain = mean(gain),
                          .deviation = deviation(gain)});
        if (to - from < kAnswers) continue;
        values.back().f1_per_100 = mean(gain) * kAnswers / (to - from);
      }
    }
    first += static_cast<std::size_t>(counts[t]);
  }
  return values;
}

}  // namespace polytask
