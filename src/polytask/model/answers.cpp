#include "polytask/model/answers.h"

#include <algorithm>
#include <cmath>

#include "polytask/base/number_text.h"
#include "polytask/base/text.h"
#include "polytask/task/kind_traits.h"

namespace polytask {
namespace {

void add_names(const Task& task, bool alone, std::vector<std::string>& names) {
  for (const std::string& output : task.outputs()) {
    const bool bare = alone || task.labels.empty();
    names.push_back(bare ? output : cat(task.name, '/', output));
  }
}

// How a word of one of several tasks is told apart from the others'.
std::string with_task(const Task& task, std::size_t i,
                      const std::string& word) {
  if (holds_probabilities(task)) return cat(task.name, '/', word);
  if (task.labels.empty()) return cat(task.name, '=', word);
  return cat(task.name, '/', task.labels[i], '=', word);
}

// As many digits as help a person.
std::string number_word(double value) {
  const double rounded = std::round(value * 100.0) / 100.0;
  return significant_text(rounded == 0.0 ? 0.0 : rounded, 6);
}

}  // namespace

int answer_count(const Task& task) {
  return form_of(task) == AnswerForm::numbers
             ? task.columns()
             : static_cast<int>(task.labels.size());
}

bool holds_probabilities(const Task& task) {
  return form_of(task) != AnswerForm::numbers;
}

std::vector<std::string> answer_names(const std::vector<Task>& tasks) {
  std::vector<std::string> names;
  for (const Task& task : tasks) add_names(task, tasks.size() == 1, names);
  return names;
}

std::vector<std::string> target_names(const std::vector<Task>& tasks) {
  std::vector<std::string> names;
  for (const Task& task : tasks) {
    if (form_of(task) == AnswerForm::classes) {
      names.push_back(task.name);
    } else {
      add_names(task, tasks.size() == 1, names);
    }
  }
  return names;
}

void answer(const Task& task, const TargetStatistics& statistics,
            std::span<const float> logits, std::span<float> answer) {
  traits_of(task).answer(task, statistics, logits, answer);
}

int answered_class(const Task& task, std::span<const float> answer) {
  if (traits_of(task).ordered) {
    double sum = 0.0;
    for (std::size_t c = 0; c + 1 < answer.size(); ++c) {
      sum += answer[c];
      if (sum >= 0.5) return static_cast<int>(c);
    }
    return static_cast<int>(answer.size()) - 1;
  }
  return static_cast<int>(std::ranges::max_element(answer) - answer.begin());
}

std::vector<std::string> answer_words(const Task& task,
                                      std::span<const float> answer) {
  std::vector<std::string> words;
  switch (form_of(task)) {
    case AnswerForm::labels:
      for (std::size_t i = 0; i < answer.size(); ++i) {
        if (answer[i] > task.thresholds.of(task.labels[i])) {
          words.push_back(task.labels[i]);
        }
      }
      break;
    case AnswerForm::classes:
      words.push_back(
          task.labels[static_cast<std::size_t>(answered_class(task, answer))]);
      break;
    case AnswerForm::numbers:
      for (const float value : answer) {
        words.push_back(traits_of(task).counted ? cat(std::lround(value))
                                                : number_word(value));
      }
      break;
  }
  return words;
}

std::vector<std::string> answer_words(const std::vector<Task>& tasks,
                                      std::span<const float> answers) {
  std::vector<std::string> all;
  for (const Task& task : tasks) {
    const auto count = static_cast<std::size_t>(answer_count(task));
    const auto words = answer_words(task, answers.first(count));
    for (std::size_t i = 0; i < words.size(); ++i) {
      all.push_back(tasks.size() == 1 ? words[i]
                                      : with_task(task, i, words[i]));
    }
    answers = answers.subspan(count);
  }
  return all;
}

}  // namespace polytask
