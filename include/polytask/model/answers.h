// From the logits of a task to what people read.
//
//   multilabel             the probability of each label
//   categorical, ordinal   the probability of each class; they sum to 1
//   regression             each number, in the units of the data
//   count                  how many are expected, >= 0
//
// Source: docs/math/losses.md

#pragma once

#include <span>
#include <string>
#include <vector>

#include "polytask/task/task.h"

namespace polytask {

// Numbers of one answer.
[[nodiscard]] int answer_count(const Task& task);

// Whether these are probabilities, of labels or classes; else they are what is
// counted or measured.
[[nodiscard]] bool holds_probabilities(const Task& task);

// What they are called: labels, classes, the task; "task/label" where there are
// several tasks.
[[nodiscard]] std::vector<std::string> answer_names(
    const std::vector<Task>& tasks);

// The same of their targets: a task of classes has one, called as the task.
[[nodiscard]] std::vector<std::string> target_names(
    const std::vector<Task>& tasks);

// Overwrites one image's answer.
//   statistics   of the task: the scale of a regression; {} before training
//   logits       [units]
//   answer       [answer_count]
void answer(const Task& task, const TargetStatistics& statistics,
            std::span<const float> logits, std::span<float> answer);

// The class of an answer of a categorical or ordinal task: the most probable;
// of an ordinal one the median.
[[nodiscard]] int answered_class(const Task& task,
                                 std::span<const float> answer);

// The answer in words: the labels above their thresholds, the class, the
// number.
[[nodiscard]] std::vector<std::string> answer_words(
    const Task& task, std::span<const float> answer);

// The answers of all tasks to one image in words; with several tasks
// "task/label" and "task=number".
//   answers   [answer_count of each task]
[[nodiscard]] std::vector<std::string> answer_words(
    const std::vector<Task>& tasks, std::span<const float> answers);

}  // namespace polytask
