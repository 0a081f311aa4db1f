#include "polytask/study/observed_answers.h"

#include <cmath>

#include "polytask/task/kind_traits.h"

namespace polytask {

std::vector<std::int64_t> observed_answers(const Dataset& data) {
  std::vector<float> row(data.spec().labels.size());
  std::vector<std::int64_t> observed(row.size());
  for (std::int64_t i = 0; i < data.size(); ++i) {
    data.read_targets(i, row);
    for (std::size_t c = 0; c < row.size(); ++c) {
      observed[c] += std::isnan(row[c]) ? 0 : 1;
    }
  }
  return observed;
}

bool knows_every_label(const std::vector<Task>& tasks,
                       const std::vector<std::int64_t>& observed,
                       std::int64_t images) {
  std::size_t column = 0;
  for (const Task& task : tasks) {
    for (int c = 0; c < task.columns(); ++c, ++column) {
      if (form_of(task) != AnswerForm::labels) continue;
      if (observed[column] < images) return false;
    }
  }
  return true;
}

}  // namespace polytask
