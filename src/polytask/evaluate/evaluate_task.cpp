#include "polytask/evaluate/evaluate_task.h"

#include <span>

#include "polytask/metrics/evaluate.h"
#include "polytask/metrics/evaluate_classes.h"
#include "polytask/metrics/evaluate_numbers.h"
#include "polytask/model/answers.h"
#include "polytask/model/target_statistics.h"
#include "polytask/task/kind_traits.h"

namespace polytask {
namespace {

TaskEvaluation evaluate_labels(const Answered& a,
                               const BootstrapOptions& bootstrap) {
  return evaluate_multilabel(
      {.task = a.task.name,
       .labels = a.task.labels,
       .probabilities = a.answers,
       .targets = a.targets,
       .thresholds = thresholds_of(a.task),
       .prior = a.statistics.shares,
       .first_label = where_known(a.statistics.first_label),
       .label_set = where_known(a.statistics.label_set)},
      bootstrap);
}

TaskEvaluation evaluate_class_numbers(const Answered& a,
                                      const BootstrapOptions& bootstrap) {
  const std::size_t classes = a.task.labels.size();
  std::vector<int> answered;
  for (std::size_t row = 0; row < a.answers.size(); row += classes) {
    answered.push_back(
        answered_class(a.task, std::span(a.answers).subspan(row, classes)));
  }
  return evaluate_classes({.task = a.task.name,
                           .ordinal = traits_of(a.task).ordered,
                           .classes = a.task.labels,
                           .probabilities = a.answers,
                           .answered = answered,
                           .targets = a.targets,
                           .prior = a.statistics.shares},
                          bootstrap);
}

TaskEvaluation evaluate_amounts(const Answered& a,
                                const BootstrapOptions& bootstrap) {
  NumbersInput input{.task = a.task.name,
                     .count = traits_of(a.task).counted,
                     .outputs = a.task.outputs(),
                     .answers = a.answers,
                     .targets = a.targets};
  for (const NumberStatistics& n : a.statistics.numbers) {
    input.means.push_back(n.mean);
    input.medians.push_back(n.median);
  }
  return evaluate_numbers(input, bootstrap);
}

TaskEvaluation evaluate_answers(const Answered& a,
                                const BootstrapOptions& bootstrap) {
  switch (form_of(a.task)) {
    case AnswerForm::labels:
      return evaluate_labels(a, bootstrap);
    case AnswerForm::classes:
      return evaluate_class_numbers(a, bootstrap);
    case AnswerForm::numbers:
      break;
  }
  return evaluate_amounts(a, bootstrap);
}

}  // namespace

TaskEvaluation evaluate_task(const Answered& a,
                             const BootstrapOptions& bootstrap) {
  TaskEvaluation found = evaluate_answers(a, bootstrap);
  found.kind = traits_of(a.task).name;
  return found;
}

}  // namespace polytask
