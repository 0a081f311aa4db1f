#include "polytask/predict/answer_table.h"

#include "polytask/base/error.h"
#include "polytask/base/text.h"
#include "polytask/model/answers.h"
#include "polytask/model/target_statistics.h"

namespace polytask {

AnswerTable::AnswerTable(const Model& model)
    : model_(model), columns_(answer_names(model.spec.tasks)) {
  for (const Task& task : model.spec.tasks) {
    units_ += static_cast<std::size_t>(task.units());
  }
}

std::vector<float> AnswerTable::answers(std::span<const float> logits) const {
  if (logits.size() % units_ != 0) {
    throw Error(Fault::shape, cat("predict: expected rows of ", units_,
                                  " logits, got ", logits.size()));
  }
  const std::vector<Task>& tasks = model_.spec.tasks;
  std::vector<float> result(logits.size() / units_ * columns_.size());
  std::span<float> rest(result);
  while (!rest.empty()) {
    for (std::size_t t = 0; t < tasks.size(); ++t) {
      const auto units = static_cast<std::size_t>(tasks[t].units());
      const auto count = static_cast<std::size_t>(answer_count(tasks[t]));
      answer(tasks[t], statistics_of(model_, t), logits.first(units),
             rest.first(count));
      logits = logits.subspan(units);
      rest = rest.subspan(count);
    }
  }
  return result;
}

std::vector<std::vector<std::string>> AnswerTable::words(
    std::span<const float> answers) const {
  const std::size_t columns = columns_.size();
  if (answers.size() % columns != 0) {
    throw Error(Fault::shape, cat("predict: expected rows of ", columns,
                                  " numbers, got ", answers.size()));
  }
  std::vector<std::vector<std::string>> rows;
  for (; !answers.empty(); answers = answers.subspan(columns)) {
    rows.push_back(answer_words(model_.spec.tasks, answers.first(columns)));
  }
  return rows;
}

}  // namespace polytask
