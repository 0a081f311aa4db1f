#include "polytask/study/unknown_policy.h"

#include <algorithm>
#include <limits>
#include <span>

#include "polytask/evaluate/evaluate_model.h"
#include "polytask/model/answers.h"
#include "polytask/task/kind_traits.h"

namespace polytask {
namespace {

constexpr float kSureYes = 0.9f;
constexpr float kSureNo = 0.1f;
constexpr float kUnknown = std::numeric_limits<float>::quiet_NaN();

}  // namespace

std::string to_text(UnknownPolicy policy) {
  switch (policy) {
    case UnknownPolicy::ignore:
      return "ignore";
    case UnknownPolicy::negative:
      return "negative";
    case UnknownPolicy::weak_negative:
      return "weak_negative";
    case UnknownPolicy::pseudo_label:
      break;
  }
  return "pseudo_label";
}

int most_labels(const std::vector<Task>& tasks) {
  int most = 0;
  for (const Task& task : tasks) {
    if (form_of(task) == AnswerForm::labels)
      most = std::max(most, task.units());
  }
  return most;
}

double missing_label_weight(UnknownPolicy policy,
                            const std::vector<Task>& tasks) {
  if (policy == UnknownPolicy::negative) return 1.0;
  const int labels = most_labels(tasks);
  if (policy != UnknownPolicy::weak_negative || labels < 2) return 0.0;
  return 1.0 / (labels - 1);
}

std::vector<float> sure_answers(Predictor& teacher, const Dataset& data) {
  const std::vector<float> answers = predict_dataset(teacher, data);
  std::vector<float> sure;
  std::span<const float> rest(answers);
  while (!rest.empty()) {
    for (const Task& task : teacher.model().spec.tasks) {
      const auto count = static_cast<std::size_t>(answer_count(task));
      for (int c = 0; c < task.columns(); ++c) {
        const float p = form_of(task) == AnswerForm::labels
                            ? rest[static_cast<std::size_t>(c)]
                            : 0.5f;
        sure.push_back(p >= kSureYes ? 1.0f : p <= kSureNo ? 0.0f : kUnknown);
      }
      rest = rest.subspan(count);
    }
  }
  return sure;
}

}  // namespace polytask
