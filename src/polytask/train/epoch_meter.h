// The numbers of one epoch, counted over its images and divided once.

#pragma once

#include <memory>
#include <span>
#include <vector>

#include "polytask/model/model.h"
#include "polytask/task/multi_task_loss.h"
#include "polytask/train/progress.h"

namespace polytask {

// Of one task:
//
//   multilabel     loss, argmax_accuracy, label_accuracy
//   categorical    loss, top_1_accuracy
//   ordinal        loss, top_1_accuracy, mean_absolute_error (in classes)
//   regression     loss, mean_absolute_error (in the units of the data), of
//                  each number where there are several
//   count          loss, mean_absolute_error
//
// NaN where nothing was observed.
class TaskMeter {
 public:
  explicit TaskMeter(const Task& task) : task_(task) {}
  virtual ~TaskMeter() = default;

  void reset();
  // The rows of one batch: [n, units], then [n, columns] twice; the targets as
  // the loss sees them.
  void add(std::span<const float> logits, std::span<const float> targets,
           std::span<const float> weights, const LossValue& loss);

  [[nodiscard]] MetricValues values() const;
  [[nodiscard]] double loss() const;
  // See Monitor::relative_error. NaN also where the best answer that ignores
  // the image is never wrong.
  [[nodiscard]] virtual double relative_error() const = 0;

 protected:
  [[nodiscard]] const Task& task() const { return task_; }

 private:
  virtual void reset_answers() = 0;
  virtual void add_answers(std::span<const float> logits,
                           std::span<const float> targets,
                           std::span<const float> weights) = 0;
  virtual void append_values(MetricValues& values) const = 0;

  Task task_;
  LossValue loss_;
};

// The meter for the answers of the task.
//   statistics   of the task, for the best answer that ignores the image; {}
//                where there is none
[[nodiscard]] std::unique_ptr<TaskMeter> make_task_meter(
    const Task& task, const TargetStatistics& statistics);

// Of all tasks. With several, "loss" is their sum, each times its weight, and
// the numbers of a task are called "task/name".
class EpochMeter {
 public:
  EpochMeter(const std::vector<Task>& tasks,
             const std::vector<TargetStatistics>& statistics);

  void reset();
  [[nodiscard]] TaskMeter& operator[](std::size_t task) {
    return *meters_[task];
  }
  [[nodiscard]] MetricValues values() const;
  // [T], NaN where nothing was observed.
  [[nodiscard]] std::vector<double> losses() const;
  // The mean over the tasks that have one; NaN where none has.
  [[nodiscard]] double relative_error() const;

 private:
  std::vector<Task> tasks_;
  std::vector<std::unique_ptr<TaskMeter>> meters_;
};

}  // namespace polytask
