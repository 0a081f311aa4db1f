// What the training images say of a task before an image is seen: the baseline
// of evaluations, and the scale of a regression. See Model::prior.

#pragma once

#include <span>
#include <string>
#include <vector>

#include "polytask/data/dataset.h"
#include "polytask/task/task.h"

namespace polytask {

[[nodiscard]] std::size_t prior_size(const Task& task);

// Of each task, from the targets that are there.
//   data   with the columns of the tasks, as select_columns gives them
[[nodiscard]] std::vector<std::vector<double>> prior_of(
    const std::vector<Task>& tasks, const Dataset& data);

// What no training image answers: "task \"weather\"", or of a regression with
// several numbers "number \"width\" of task \"size\"", for which there is no
// scale to learn or to answer in. A label of a multilabel task may be missing.
[[nodiscard]] std::vector<std::string> unanswered(
    const std::vector<Task>& tasks,
    const std::vector<std::vector<double>>& prior);

// Of the L labels of a multilabel task. A model from before first and set were
// kept has a prior of the shares alone.
struct LabelPrior {
  std::vector<double> shares;  // [L] of positives; empty before training
  std::vector<double> first;   // [L] how often each is a row's first positive;
                               // empty where unknown
  std::vector<double> set;     // [L] 0 or 1: the most frequent complete row;
                               // empty where unknown
};
[[nodiscard]] LabelPrior label_prior(const Task& task,
                                     std::span<const double> prior);

// Of one number of a regression, or of a count. Numbers that never change have
// deviation 1.
struct Moments {
  double mean = 0.0;
  double deviation = 1.0;
  double median = 0.0;
};
[[nodiscard]] Moments moments(std::span<const double> prior,
                              std::size_t number);

// A regression's targets, [n, columns], in deviations from the mean: what its
// head learns. Missing ones stay NaN; targets of other kinds stay as they are.
void standardise(const Task& task, std::span<const double> prior,
                 std::span<float> targets);

}  // namespace polytask
