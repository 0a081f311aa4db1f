// From a model's description to a network that can run.

#pragma once

#include <memory>

#include "polytask/model/model.h"
#include "polytask/network/network_plan.h"

namespace polytask {

struct ModelPlanOptions {
  int batch = 1;
  int workers = 1;
  bool training = false;
  TaskGradients task_gradients = TaskGradients::together;
};

// Throws as NetworkPlan does.
[[nodiscard]] std::shared_ptr<const NetworkPlan> plan_model(
    const ModelSpec& spec, const ModelPlanOptions& options);

// The same for a model that has its parameters. Throws Fault::data, listing
// every array that differs, when they are not those of its network.
[[nodiscard]] std::shared_ptr<const NetworkPlan> plan_model(
    const Model& model, const ModelPlanOptions& options);

}  // namespace polytask
