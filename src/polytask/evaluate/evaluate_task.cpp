#include "polytask/evaluate/evaluate_task.h"

#include <span>

#include "polytask/metrics/evaluate.h"
#include "polytask/metrics/evaluate_classes.h"
#include "polytask/metrics/evaluate_numbers.h"
#include "polytask/model/answers.h"
#include "polytask/model/prior.h"

namespace polytask {
namespace {

TaskEvaluation evaluate_labels(const Answered& a,
                               const BootstrapOptions& bootstrap) {
  const LabelPrior prior = label_prior(a.task, a.prior);
  return evaluate_multilabel({.task = a.task.name,
                              .labels = a.task.labels,
                              .probabilities = a.answers,
                              .targets = a.targets,
                              .thresholds = thresholds_of(a.task),
                              .prior = prior.shares,
                              .first_label = prior.first,
                              .label_set = prior.set},
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
                           .ordinal = a.task.kind == TaskKind::ordinal,
                           .classes = a.task.labels,
                           .probabilities = a.answers,
                           .answered = answered,
                           .targets = a.targets,
                           .prior = a.prior},
                          bootstrap);
}

TaskEvaluation evaluate_amounts(const Answered& a,
                                const BootstrapOptions& bootstrap) {
  NumbersInput input{.task = a.task.name,
                     .count = a.task.kind == TaskKind::count,
                     .outputs = a.task.outputs(),
                     .answers = a.answers,
                     .targets = a.targets};
  if (!a.prior.empty()) {
    for (std::size_t d = 0; d < input.outputs.size(); ++d) {
      input.means.push_back(moments(a.prior, d).mean);
      input.medians.push_back(moments(a.prior, d).median);
    }
  }
  return evaluate_numbers(input, bootstrap);
}

}  // namespace

TaskEvaluation evaluate_task(const Answered& a,
                             const BootstrapOptions& bootstrap) {
  switch (a.task.kind) {
    case TaskKind::multilabel:
      return evaluate_labels(a, bootstrap);
    case TaskKind::categorical:
    case TaskKind::ordinal:
      return evaluate_class_numbers(a, bootstrap);
    case TaskKind::regression:
    case TaskKind::count:
      break;
  }
  return evaluate_amounts(a, bootstrap);
}

}  // namespace polytask
