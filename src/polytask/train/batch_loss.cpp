#include "polytask/train/batch_loss.h"

#include "polytask/task/prior.h"

namespace polytask {

double batch_loss(const Model& model, Network& network, Batch& batch,
                  bool with_gradient,
                  FunctionRef<void(std::size_t task, const LossValue&)> each) {
  double sum = 0.0;
  for (std::size_t t = 0; t < model.spec.tasks.size(); ++t) {
    const Task& task = model.spec.tasks[t];
    const auto targets = batch.targets(t);
    standardise(task, model.prior[t], targets);
    const auto diff =
        with_gradient ? network.diff_logits(t) : std::span<float>();
    const LossValue value = task_loss(task.loss, network.logits(t), targets, {},
                                      task.columns(), task.units(), diff);
    if (task.weight != 1.0) {
      const auto weight = static_cast<float>(task.weight);
      for (float& d : diff) d *= weight;
    }
    each(t, value);
    sum += task.weight * value.loss;
  }
  return sum;
}

}  // namespace polytask
