// The losses of all tasks on one batch.

#pragma once

#include "polytask/base/function_ref.h"
#include "polytask/data/batch.h"
#include "polytask/model/model.h"
#include "polytask/network/network.h"
#include "polytask/task/multi_task_loss.h"

namespace polytask {

// Turns the targets of a batch that was just loaded, in place, into what the
// losses see: numbers of a regression standardised.
void standardise(const Model& model, Batch& batch);

// Takes the missing labels of the multilabel tasks as no, with this weight in
// the loss; see TrainOptions::missing_label_weight.
void assume_missing_labels(const Model& model, double weight, Batch& batch);

// Of the batch that the network's last forward pass saw, standardised: the sum
// over the tasks of weight * loss. With `with_gradient` overwrites the
// network's gradients of the logits, by the losses without the weights.
//   each   called with every task and its loss
double batch_loss(const Model& model, Network& network, const Batch& batch,
                  bool with_gradient,
                  FunctionRef<void(std::size_t task, const LossValue&)> each);

}  // namespace polytask
