// The losses of all kinds of tasks, on logits, mask-aware.
//
// For N images, K targets each, and the loss l of one target:
//
//   loss = K / W * sum over images and targets of w * l,   W = sum of w
//
// w is the weight of a target, 0 for a missing one (NaN; of a yes/no label a
// negative number as well), which is never read. With every target present it
// is the sum over the targets, averaged over the images; it does not depend on
// how many are missing. With none present it is 0, and so is its gradient.
//
//   kind                       units   l, for logits z and the target y
//   binary_crossentropy        K       max(z,0) - z y + log(1 + exp(-|z|))
//   focal                      K       (1 - p_y)^gamma * cross-entropy
//   asymmetric                 K       y = 1: -(1 - p)^gamma_positive log p
//                                      y = 0: -q^gamma_negative log(1 - q),
//                                             q = max(0, p - clip)
//   categorical_crossentropy   C       log sum exp(z) - z_y
//   cumulative                 C - 1   sum over k of the binary cross-entropy
//                                      of z_k with [y > k]
//   corn                       C - 1   the same over k with y >= k only: z_k
//                                      is about y > k given y >= k; divided by
//                                      the number of such k
//   squared_error              K       (z - y)^2
//   absolute_error             K       |z - y|
//   huber                      K       (z - y)^2 / 2 where |z - y| <= d, else
//                                      d |z - y| - d^2 / 2
//   gaussian                   2 K     (s + (z - y)^2 exp(-s)) / 2, where s is
//                                      the logit behind the K means, held to
//                                      [-10, 10] (beyond, its gradient is 0)
//   poisson                    1       exp(z) - y z - (y - y log y), z held to
//                                      at most 30 (beyond, its gradient is 0);
//                                      half the deviance, 0 at exp(z) = y
//
// p = 1 / (1 + exp(-z)), p_y = p or 1 - p. A positive weight multiplies the
// loss of a positive label; class weights multiply w, so they stand in W too.
// With label smoothing e, y becomes y (1 - e) + e / 2, and a class gets (1 - e)
// plus e / C. Exact for logits of any size.
//
// Balanced weights come from the targets that training images have:
//
//   positive weight of a label   negatives / positives
//   weight of class c            n / (C n_c): n_c of n targets are c, and C
//                                classes occur
//
// as scikit-learn's "balanced" has it. Where that is no number above 0, for
// a label with one value only and for a class that never occurs, it is 1.
//
// Sources: docs/math/losses.md. May run concurrently, do not allocate.

#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "polytask/task/multi_task_loss.h"
#include "polytask/task/task_kind.h"

namespace polytask {

enum class LossKind {
  binary_crossentropy,
  focal,
  asymmetric,
  categorical_crossentropy,
  cumulative,
  corn,
  squared_error,
  absolute_error,
  huber,
  gaussian,
  poisson,
};

struct LossOptions {
  LossKind kind = LossKind::binary_crossentropy;
  double gamma = 2.0;           // focal
  double gamma_positive = 1.0;  // asymmetric
  double gamma_negative = 4.0;
  double clip = 0.05;
  double delta = 1.0;            // huber, in standard deviations of the target
  double label_smoothing = 0.0;  // binary and categorical cross-entropy
  // Of each label (binary_crossentropy), of each class
  // (categorical_crossentropy); empty: 1.
  std::vector<double> positive_weights;
  std::vector<double> class_weights;
  // These weights are left to the data: train() puts balanced ones in their
  // place. task_loss() takes the weights that are there, so 1 until then.
  bool balanced = false;

  bool operator==(const LossOptions&) const = default;
};

// The loss a kind of task has unless another is chosen.
[[nodiscard]] LossKind default_loss(TaskKind kind);

// Every broken rule, each as "key: ..."; empty when a task of this kind with so
// many labels (or classes) can use the options.
[[nodiscard]] std::vector<std::string> problems(const LossOptions& options,
                                                TaskKind kind,
                                                std::size_t labels);

// Overwrites diff_logits with the gradient of the loss; pass nothing to skip
// it.
//   logits    [N, units]
//   targets   [N, columns]; a class as its number
//   weights   [N, columns], >= 0; empty: 1
// Throws Fault::shape when the lengths do not fit together, Fault::data for
// a class that is none.
LossValue task_loss(const LossOptions& options, std::span<const float> logits,
                    std::span<const float> targets,
                    std::span<const float> weights, int columns, int units,
                    std::span<float> diff_logits = {});

}  // namespace polytask
