#include "polytask/model/task_columns.h"

#include "polytask/task/kind_traits.h"

namespace polytask {
namespace {

ColumnKind column_kind(const KindTraits& kind) {
  switch (kind.form) {
    case AnswerForm::labels:
      return ColumnKind::label;
    case AnswerForm::classes:
      return ColumnKind::class_number;
    case AnswerForm::numbers:
      break;
  }
  return kind.counted ? ColumnKind::count : ColumnKind::number;
}

}  // namespace

std::vector<ColumnUse> column_uses(const std::vector<Task>& tasks) {
  std::vector<ColumnUse> uses;
  for (const Task& task : tasks) {
    ColumnUse use{.task = task.name, .kind = column_kind(traits_of(task))};
    (use.kind == ColumnKind::class_number ? use.classes : use.members) =
        task.labels;
    uses.push_back(std::move(use));
  }
  return uses;
}

std::vector<int> column_counts(const std::vector<Task>& tasks) {
  std::vector<int> counts;
  for (const Task& task : tasks) counts.push_back(task.columns());
  return counts;
}

}  // namespace polytask
