#include "polytask/train/batch_loss.h"

#include "polytask/task/prior.h"

namespace polytask {

void standardise(const Model& model, Batch& batch) {
  for (std::size_t t = 0; t < model.spec.tasks.size(); ++t) {
    standardise(model.spec.tasks[t], model.prior[t], batch.targets(t));
  }
}

double batch_loss(const Model& model, Network& network, const Batch& batch,
                  bool with_gradient,
                  FunctionRef<void(std::size_t task, const LossValue&)> each) {
  double sum = 0.0;
  for (std::size_t t = 0; t < model.spec.tasks.size(); ++t) {
    const Task& task = model.spec.tasks[t];
    const auto diff =
        with_gradient ? network.diff_logits(t) : std::span<float>();
    const LossValue value =
        task_loss(task.loss, network.logits(t), batch.targets(t), {},
                  task.columns(), task.units(), diff);
    each(t, value);
    sum += task.weight * value.loss;
  }
  return sum;
}

}  // namespace polytask
