// A task: one question about every image.
//
//   multilabel("objects", {"pedestrian", "car"})   which of these are there?
//   categorical("weather", {"clear", "rain"})      which one is it?
//   ordinal("age", {"young", "grown", "old"})      which one, in an order?
//   regression("distance")                         how much?
//   count("people")                                how many?

#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <vector>

#include "polytask/network/network_options.h"
#include "polytask/task/losses.h"
#include "polytask/task/task_kind.h"

namespace polytask {

// Above which probability a label is answered "yes".
struct Thresholds {
  double all = 0.5;                      // of labels without one of their own
  std::map<std::string, double> labels;  // by name

  [[nodiscard]] double of(const std::string& label) const;
  bool operator==(const Thresholds&) const = default;
};

struct Task {
  std::string name;
  TaskKind kind = TaskKind::multilabel;

  // Multilabel: the labels. Categorical, ordinal: the classes, in order.
  // Regression: the numbers, empty for one that is called as the task. Count:
  // empty.
  std::vector<std::string> labels;

  Thresholds thresholds;  // multilabel

  LossOptions loss;

  // What its loss is multiplied by.
  double weight = 1.0;

  // Layers of its own between the trunk and its logits: dense layers, and
  // dropouts behind them; where the trunk ends in an image, any, with Flatten
  // before the first dense layer.
  std::vector<LayerOptions> head;

  [[nodiscard]] int columns() const;  // targets of an image
  [[nodiscard]] int units() const;    // logits its head computes
  // Names of its numbers: the labels, or the task's own where it has none.
  [[nodiscard]] std::vector<std::string> outputs() const;

  bool operator==(const Task&) const = default;
};

// Of one number of a regression, or of a count. NaN where none was observed,
// and where a model does not know it.
struct NumberStatistics {
  double mean = 0.0;
  double deviation = 1.0;  // 0 where the number never changes
  double median = 0.0;

  // What a regression is learned in: the deviation, or 1 where it is not > 0.
  [[nodiscard]] double scale() const;
  bool operator==(const NumberStatistics&) const = default;
};

// What the training images say of a task before an image is seen, from the
// targets that are there: the baseline of every evaluation, and the scale in
// which a regression is learned. NaN where nothing was observed.
struct TargetStatistics {
  // Of each label the share of positives; of each class its share.
  std::vector<double> shares{};
  // Of each label how often it is the first positive of an image. Empty in
  // models from before it was kept.
  std::vector<double> first_label{};
  // Of each label 0 or 1: the most frequent complete set of labels. Empty in
  // models from before it was kept.
  std::vector<double> label_set{};
  std::vector<NumberStatistics> numbers{};

  bool operator==(const TargetStatistics&) const = default;
};

// [labels]
[[nodiscard]] std::vector<double> thresholds_of(const Task& task);

// Their names, in this order.
[[nodiscard]] std::vector<std::string> task_names(
    const std::vector<Task>& tasks);

// Every broken rule of a list of tasks; empty when it is usable.
[[nodiscard]] std::vector<std::string> problems(const std::vector<Task>& tasks);

}  // namespace polytask
