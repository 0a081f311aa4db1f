// The numbers of one epoch, counted over its images and divided once.

#pragma once

#include <span>

#include "polytask/metrics/multilabel.h"
#include "polytask/task/task.h"
#include "polytask/train/progress.h"

namespace polytask {

class EpochMeter {
 public:
  explicit EpochMeter(const Task& task);

  void reset();

  // The rows of one batch, [n, labels]; the loss's sums over them.
  void add(std::span<const float> logits, std::span<const float> targets,
           std::span<const float> weights, double weighted_loss,
           double observed);

  // loss, argmax_accuracy, label_accuracy; NaN where nothing was observed.
  [[nodiscard]] MetricValues values() const;
  [[nodiscard]] double loss() const;

 private:
  int labels_;
  MultilabelMeter counts_;
  double weighted_loss_ = 0.0;
  double observed_ = 0.0;
  std::vector<float> probabilities_;
};

}  // namespace polytask
