#include "polytask/evaluate/score_images.h"

#include <cmath>

#include "polytask/evaluate/evaluate_model.h"
#include "polytask/model/answers.h"
#include "polytask/model/target_statistics.h"
#include "polytask/model/task_columns.h"
#include "polytask/task/kind_traits.h"

namespace polytask {
namespace {

using Floats = std::span<const float>;

RatioTerm right_labels(const Task& task, Floats answer, Floats target) {
  RatioTerm term;
  for (std::size_t i = 0; i < target.size(); ++i) {
    if (std::isnan(target[i])) continue;
    const bool yes =
        static_cast<double>(answer[i]) > task.thresholds.of(task.labels[i]);
    term.numerator += yes == (target[i] > 0.5f) ? 1.0 : 0.0;
    term.denominator += 1.0;
  }
  return term;
}

RatioTerm class_term(const Task& task, Floats answer, float target) {
  if (std::isnan(target)) return {};
  const int off = answered_class(task, answer) - static_cast<int>(target);
  if (traits_of(task).ordered) return {std::abs(off) * 1.0, 1.0};
  return {off == 0 ? 1.0 : 0.0, 1.0};
}

//   spread   the task's statistics over the images: not the model's, or two
//            models would measure with two units
RatioTerm absolute_errors(const TargetStatistics& spread, Floats answer,
                          Floats target) {
  RatioTerm term;
  for (std::size_t i = 0; i < target.size(); ++i) {
    if (std::isnan(target[i])) continue;
    const double unit = target.size() > 1 ? spread.numbers[i].scale() : 1.0;
    term.numerator +=
        std::abs(static_cast<double>(answer[i]) - target[i]) / unit;
    term.denominator += 1.0;
  }
  return term;
}

RatioTerm term_of(const Task& task, const TargetStatistics& spread,
                  Floats answer, Floats target) {
  switch (form_of(task)) {
    case AnswerForm::labels:
      return right_labels(task, answer, target);
    case AnswerForm::classes:
      return class_term(task, answer, target.front());
    case AnswerForm::numbers:
      break;
  }
  return absolute_errors(spread, answer, target);
}

TaskScores empty_scores(const Task& task) {
  const KindTraits& kind = traits_of(task);
  if (kind.form == AnswerForm::labels) {
    return {task.name, "label_accuracy", Direction::higher_is_better, {}};
  }
  if (kind.form == AnswerForm::classes && !kind.ordered) {
    return {task.name, "top_1_accuracy", Direction::higher_is_better, {}};
  }
  return {task.name, "mean_absolute_error", Direction::lower_is_better, {}};
}

}  // namespace

std::vector<TaskScores> score_images(Predictor& predictor, const Dataset& all) {
  const std::vector<Task>& tasks = predictor.model().spec.tasks;
  // Not owned: the view does not outlive this call.
  const DatasetPtr data =
      select_columns(DatasetPtr(DatasetPtr(), &all), column_uses(tasks));
  const std::vector<float> answers = predict_dataset(predictor, *data);
  std::vector<TaskScores> scores;
  for (const Task& task : tasks) scores.push_back(empty_scores(task));
  const std::vector<TargetStatistics> spread =
      target_statistics_of(tasks, *data);
  std::vector<float> targets(data->spec().labels.size());
  Floats rest(answers);
  for (std::int64_t i = 0; i < data->size(); ++i) {
    data->read_targets(i, targets);
    Floats row(targets);
    for (std::size_t t = 0; t < tasks.size(); ++t) {
      const auto count = static_cast<std::size_t>(answer_count(tasks[t]));
      const auto columns = static_cast<std::size_t>(tasks[t].columns());
      scores[t].images.push_back(
          term_of(tasks[t], spread[t], rest.first(count), row.first(columns)));
      rest = rest.subspan(count);
      row = row.subspan(columns);
    }
  }
  return scores;
}

}  // namespace polytask
