#include "polytask/model/answers.h"

#include <algorithm>
#include <cmath>

#include "polytask/base/text.h"
#include "polytask/model/prior.h"

namespace polytask {
namespace {

void softmax(std::span<const float> logits, std::span<float> probabilities) {
  const double largest = *std::ranges::max_element(logits);
  double sum = 0.0;
  for (const float z : logits) sum += std::exp(z - largest);
  for (std::size_t c = 0; c < logits.size(); ++c) {
    probabilities[c] = static_cast<float>(std::exp(logits[c] - largest) / sum);
  }
}

// From P(y > k): products of the conditional ones (CORN), or the smallest so
// far (cumulative), so that they never rise with k.
void class_probabilities(LossKind loss, std::span<const float> logits,
                         std::span<float> probabilities) {
  float above = 1.0f;  // P(y > k - 1)
  for (std::size_t k = 0; k < logits.size(); ++k) {
    const float p = sigmoid(logits[k]);
    const float next = loss == LossKind::corn ? above * p : std::min(above, p);
    probabilities[k] = above - next;
    above = next;
  }
  probabilities[logits.size()] = above;
}

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
  return cat(rounded == 0.0 ? 0.0 : rounded);
}

}  // namespace

int answer_count(const Task& task) {
  switch (task.kind) {
    case TaskKind::count:
      return 1;
    case TaskKind::regression:
      return task.columns();
    default:
      return static_cast<int>(task.labels.size());
  }
}

bool holds_probabilities(const Task& task) {
  return task.kind != TaskKind::regression && task.kind != TaskKind::count;
}

std::vector<std::string> answer_names(const std::vector<Task>& tasks) {
  std::vector<std::string> names;
  for (const Task& task : tasks) add_names(task, tasks.size() == 1, names);
  return names;
}

std::vector<std::string> target_names(const std::vector<Task>& tasks) {
  std::vector<std::string> names;
  for (const Task& task : tasks) {
    if (task.kind == TaskKind::categorical || task.kind == TaskKind::ordinal) {
      names.push_back(task.name);
    } else {
      add_names(task, tasks.size() == 1, names);
    }
  }
  return names;
}

void answer(const Task& task, std::span<const double> prior,
            std::span<const float> logits, std::span<float> answer) {
  switch (task.kind) {
    case TaskKind::multilabel:
      for (std::size_t i = 0; i < answer.size(); ++i) {
        answer[i] = sigmoid(logits[i]);
      }
      break;
    case TaskKind::categorical:
      softmax(logits, answer);
      break;
    case TaskKind::ordinal:
      class_probabilities(task.loss.kind, logits, answer);
      break;
    case TaskKind::regression:
      for (std::size_t i = 0; i < answer.size(); ++i) {
        const Moments m = prior.empty() ? Moments{} : moments(prior, i);
        answer[i] = static_cast<float>(m.mean + m.deviation * logits[i]);
      }
      break;
    case TaskKind::count:
      answer[0] = std::exp(std::min(logits[0], 30.0f));
      break;
  }
}

int answered_class(const Task& task, std::span<const float> answer) {
  if (task.kind == TaskKind::ordinal) {
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
  switch (task.kind) {
    case TaskKind::multilabel:
      for (std::size_t i = 0; i < answer.size(); ++i) {
        if (answer[i] > task.thresholds.of(task.labels[i])) {
          words.push_back(task.labels[i]);
        }
      }
      break;
    case TaskKind::categorical:
    case TaskKind::ordinal:
      words.push_back(
          task.labels[static_cast<std::size_t>(answered_class(task, answer))]);
      break;
    case TaskKind::regression:
      for (const float value : answer) words.push_back(number_word(value));
      break;
    case TaskKind::count:
      words.push_back(cat(std::lround(answer[0])));
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
