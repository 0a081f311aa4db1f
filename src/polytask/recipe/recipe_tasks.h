// What a recipe leaves to the data.

#pragma once

#include <string>
#include <vector>

#include "polytask/data/dataset.h"
#include "polytask/task/task.h"
#include "polytask/train/train.h"

namespace polytask {

// Fills in the labels and classes of `tasks`, and the tasks themselves where
// there are none (see derived_tasks.h). Gives a sentence for everything that
// was decided where there was a choice. Throws Fault::config when only a person
// can know what a column means, Fault::data when the data has nothing by a
// task's name.
std::vector<std::string> complete_tasks(std::vector<Task>& tasks,
                                        const Dataset& data);

// A sentence for everything that the training part cannot teach or that the
// validation part cannot judge: a label with one value only, a class that never
// occurs, a number or count that never changes, a task without an answer to
// judge it by, and for tasks without a weight.
//   data       with the columns of the tasks
//   training   of each task the statistics of its training part
[[nodiscard]] std::vector<std::string> task_warnings(
    const std::vector<Task>& tasks, const TrainData& data,
    const std::vector<TargetStatistics>& training);

// A sentence for every task whose loss does not go with the weighting.
[[nodiscard]] std::vector<std::string> weighting_warnings(
    const std::vector<Task>& tasks, WeightingKind kind);

}  // namespace polytask
