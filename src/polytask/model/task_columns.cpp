#include "polytask/model/task_columns.h"

namespace polytask {
namespace {

ColumnKind column_kind(TaskKind kind) {
  switch (kind) {
    case TaskKind::multilabel:
      return ColumnKind::label;
    case TaskKind::categorical:
    case TaskKind::ordinal:
      return ColumnKind::class_number;
    case TaskKind::count:
      return ColumnKind::count;
    case TaskKind::regression:
      break;
  }
  return ColumnKind::number;
}

}  // namespace

std::vector<ColumnUse> column_uses(const std::vector<Task>& tasks) {
  std::vector<ColumnUse> uses;
  for (const Task& task : tasks) {
    ColumnUse use{.task = task.name, .kind = column_kind(task.kind)};
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
