// The multi-task loss on plain arrays, apart from any network.
//
// For N images with K labels each, targets y in [0, 1], and the log loss of one
// label l = -(y log p + (1 - y) log(1 - p)):
//
//   loss = K / W * sum over images and labels of w * l,   W = sum of w
//
// w is 1 for an observed label and 0 for a missing one, whose target is NaN or
// negative and is never read. With every label present this is the sum over the
// labels, averaged over the images; with labels missing its size does not
// depend on how many are missing. With none present it is 0, and so is its
// gradient.
//
// Two forms. On probabilities, p is first clipped to [1e-7, 1 - 1e-7], as the
// post "Multi-task Learning in Keras" does; where the clipping holds p, the
// gradient is 0. On logits z (p = 1 / (1 + exp(-z))), which training uses,
//
//   l         = max(z, 0) - z y + log(1 + exp(-|z|))
//   dl / dz   = p - y
//
// are exact for any z. Both may run concurrently and do not allocate.
// Source: docs/math/losses.md

#pragma once

#include <span>

namespace polytask {

struct LossValue {
  double loss = 0.0;          // nats
  double weighted_sum = 0.0;  // sum of w * l
  double observed = 0.0;      // W
};

// Overwrites diff_probabilities with the gradient of the loss; pass nothing to
// skip it.
//   probabilities       [N, labels] row-major, in [0, 1]
//   targets             [N, labels]
//   diff_probabilities  [N, labels] or empty
// Throws Fault::shape when the lengths do not fit together.
LossValue multi_task_loss(std::span<const float> probabilities,
                          std::span<const float> targets, int labels,
                          std::span<float> diff_probabilities = {});

// The same from logits; diff_logits is the gradient by the logits.
LossValue multi_task_loss_on_logits(std::span<const float> logits,
                                    std::span<const float> targets, int labels,
                                    std::span<float> diff_logits = {});

// p = 1 / (1 + exp(-z)), without overflow for any z.
[[nodiscard]] float sigmoid(float z);

}  // namespace polytask
