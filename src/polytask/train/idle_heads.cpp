#include "polytask/train/idle_heads.h"

#include "polytask/base/text.h"
#include "polytask/weighting/weighting_schedule.h"

namespace polytask {

IdleHeads::IdleHeads(const NetworkPlan& plan, const std::vector<Task>& tasks,
                     const WeightingOptions& weighting) {
  for (std::size_t t = 0; t < tasks.size(); ++t) {
    const double factor =
        scheduled_factor(weighting.schedule, tasks[t].name, 0);
    if (tasks[t].weight * factor == 0.0) continue;
    for (const DenseStep& step : plan.heads[t]) {
      idle_.push_back({.task = tasks[t].name,
                       .kernel = plan.parameters().specs()[step.kernel].name,
                       .parameter = step.kernel});
    }
  }
}

void IdleHeads::look(Network& network) {
  std::erase_if(idle_, [&](const Layer& layer) {
    return network.gradient_bound(layer.parameter) != 0.0f;
  });
}

std::vector<std::string> IdleHeads::warnings() const {
  std::vector<std::string> warnings;
  for (std::size_t i = 0; i < idle_.size(); ++i) {
    const std::string& task = idle_[i].task;
    if (i > 0 && idle_[i - 1].task == task) continue;
    std::vector<std::string> kernels;
    for (const Layer& layer : idle_) {
      if (layer.task == task) kernels.push_back(layer.kernel);
    }
    warnings.push_back(
        cat("task \"", task, "\": the gradient of ", join(kernels),
            " was 0 in every step of the first epoch, so nothing is learned "
            "there; look at tasks.",
            task,
            ".loss and at the relus before it, "
            "or try a smaller train.adam.learning_rate"));
  }
  return warnings;
}

}  // namespace polytask
