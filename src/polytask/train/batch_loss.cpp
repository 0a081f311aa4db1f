#include "polytask/train/batch_loss.h"

#include "polytask/model/target_statistics.h"
#include "polytask/task/kind_traits.h"

namespace polytask {

void standardise(const Model& model, Batch& batch) {
  for (std::size_t t = 0; t < model.spec.tasks.size(); ++t) {
    standardise(model.spec.tasks[t], statistics_of(model, t), batch.targets(t));
  }
}

void assume_missing_labels(const Model& model, double weight, Batch& batch) {
  if (weight == 0.0) return;
  for (std::size_t t = 0; t < model.spec.tasks.size(); ++t) {
    if (form_of(model.spec.tasks[t]) != AnswerForm::labels) continue;
    batch.assume_zero(t, static_cast<float>(weight));
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
        task_loss(task.loss, network.logits(t), batch.targets(t),
                  batch.loss_weights(t), task.columns(), task.units(), diff);
    each(t, value);
    sum += task.weight * value.loss;
  }
  return sum;
}

}  // namespace polytask
