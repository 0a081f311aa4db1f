// What the training images say of a task before an image is seen; see
// TargetStatistics.

#pragma once

#include <span>
#include <string>
#include <vector>

#include "polytask/data/dataset.h"
#include "polytask/model/model.h"
#include "polytask/task/task.h"

namespace polytask {

// Of each task, from the targets that are there.
//   data   with the columns of the tasks, as select_columns gives them
[[nodiscard]] std::vector<TargetStatistics> target_statistics_of(
    const std::vector<Task>& tasks, const Dataset& data);

// Of a task of which nothing was observed: NaN everywhere.
[[nodiscard]] TargetStatistics unknown_statistics(const Task& task);

// Of one task of a model; empty before training.
[[nodiscard]] const TargetStatistics& statistics_of(const Model& model,
                                                    std::size_t task);

// Whether no image answers the task.
[[nodiscard]] bool is_unanswered(const TargetStatistics& statistics);

// What no training image answers: "task \"weather\"", or of a regression with
// several numbers "number \"width\" of task \"size\"", for which there is no
// scale to learn or to answer in. A label of a multilabel task may be missing.
[[nodiscard]] std::vector<std::string> unanswered(
    const std::vector<Task>& tasks,
    const std::vector<TargetStatistics>& statistics);

// TargetStatistics::first_label or label_set, empty where it is not known: of a
// training without a complete row, or of an older model.
[[nodiscard]] std::vector<double> where_known(
    const std::vector<double>& of_labels);

// A regression's targets, [n, columns], in deviations from the mean: what its
// head learns. Missing ones stay NaN; targets of other kinds stay as they are.
void standardise(const Task& task, const TargetStatistics& statistics,
                 std::span<float> targets);

}  // namespace polytask
