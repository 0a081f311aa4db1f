// The losses of all tasks on one batch.

#pragma once

#include "polytask/base/function_ref.h"
#include "polytask/data/batch.h"
#include "polytask/network/network.h"
#include "polytask/task/model.h"
#include "polytask/task/multi_task_loss.h"

namespace polytask {

// Of the batch that the network's last forward pass saw: the sum over the tasks
// of weight * loss. Standardises the batch's targets in place, and with
// `with_gradient` overwrites the network's gradients of the logits.
//   each   called with every task and its loss
double batch_loss(const Model& model, Network& network, Batch& batch,
                  bool with_gradient,
                  FunctionRef<void(std::size_t task, const LossValue&)> each);

}  // namespace polytask
