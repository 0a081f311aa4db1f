// The numbers of one epoch, counted over its images and divided once.

#pragma once

#include <span>
#include <vector>

#include "polytask/metrics/multilabel.h"
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
//   each
//                  number where there are several
//   count          loss, mean_absolute_error
//
// NaN where nothing was observed.
class TaskMeter {
 public:
  //   prior   of the task; see Model::prior
  TaskMeter(const Task& task, std::span<const double> prior);

  void reset();
  // The rows of one batch: [n, units], then [n, columns] twice; the targets as
  // the loss sees them.
  void add(std::span<const float> logits, std::span<const float> targets,
           std::span<const float> weights, const LossValue& loss);

  [[nodiscard]] MetricValues values() const;
  [[nodiscard]] double loss() const;
  // See Monitor::relative_error. NaN also where the best answer that ignores
  // the image is never wrong.
  [[nodiscard]] double relative_error() const;

 private:
  // Of one number: errors of what was observed.
  struct Errors {
    double sum = 0.0;
    double right = 0.0;
    double observed = 0.0;
    // Of the best answer that ignores the image.
    double constant_sum = 0.0;
    double constant_right = 0.0;
  };
  void add_answers(std::span<const float> logits,
                   std::span<const float> targets);
  void add_answer(std::span<const float> answer,
                  std::span<const float> targets);
  [[nodiscard]] double relative_error_of_labels() const;

  Task task_;
  std::vector<double> prior_;
  std::vector<double> constant_;  // the best answer that ignores the image
  MultilabelMeter counts_;
  LossValue loss_;
  std::vector<Errors> errors_;        // one per column
  std::vector<float> probabilities_;  // of a batch
};

// Of all tasks. With several, "loss" is their sum, each times its weight, and
// the numbers of a task are called "task/name".
class EpochMeter {
 public:
  EpochMeter(const std::vector<Task>& tasks,
             const std::vector<std::vector<double>>& prior);

  void reset();
  [[nodiscard]] TaskMeter& operator[](std::size_t task) {
    return meters_[task];
  }
  [[nodiscard]] MetricValues values() const;
  // [T], NaN where nothing was observed.
  [[nodiscard]] std::vector<double> losses() const;
  // The mean over the tasks that have one; NaN where none has.
  [[nodiscard]] double relative_error() const;

 private:
  std::vector<Task> tasks_;
  std::vector<TaskMeter> meters_;
};

}  // namespace polytask
