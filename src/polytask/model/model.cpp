#include "polytask/model/model.h"

#include <algorithm>

#include "polytask/base/error.h"
#include "polytask/base/text.h"
#include "polytask/model/model_parameters.h"
#include "polytask/model/model_plan.h"
#include "polytask/network/initialize.h"
#include "polytask/network/network_parameters.h"

namespace polytask {

namespace {

PlanOptions plan_options(const ModelSpec& spec,
                         const ModelPlanOptions& options) {
  PlanOptions plan{.input = spec.image,
                   .batch = options.batch,
                   .workers = options.workers,
                   .training = options.training,
                   .task_gradients = options.task_gradients};
  for (const Task& task : spec.tasks) {
    plan.outputs.push_back(
        {.name = task.name, .units = task.units(), .layers = task.head});
  }
  return plan;
}

}  // namespace

std::shared_ptr<const NetworkPlan> plan_model(const ModelSpec& spec,
                                              const ModelPlanOptions& options) {
  return std::make_shared<const NetworkPlan>(spec.network,
                                             plan_options(spec, options));
}

std::shared_ptr<const NetworkPlan> plan_model(const Model& model,
                                              const ModelPlanOptions& options) {
  require_parameters(model.spec, model.parameters.layout().specs());
  return plan_model(model.spec, options);
}

void require_parameters(const ModelSpec& spec,
                        const std::vector<ParameterSpec>& found) {
  constexpr std::size_t kMostProblems = 20;
  const std::vector<ParameterSpec> wanted =
      network_parameters(spec.network, plan_options(spec, {}));
  std::vector<std::string> problems;
  std::size_t more = 0;
  for (std::size_t i = 0; i < std::max(wanted.size(), found.size()); ++i) {
    const auto text = [i](const std::vector<ParameterSpec>& specs) {
      return i < specs.size() ? specs[i].name + " " + to_text(specs[i].shape)
                              : std::string("nothing");
    };
    if (text(wanted) == text(found)) continue;
    if (problems.size() == kMostProblems) {
      ++more;
      continue;
    }
    problems.push_back(cat("expected ", text(wanted), ", found ", text(found)));
  }
  if (more > 0) problems.push_back(cat("and ", more, " more"));
  if (problems.empty()) return;
  throw Error(Fault::data, "the model's parameters do not fit its network:" +
                               bullet_list(problems));
}

Model make_model(ModelSpec spec, std::uint64_t seed) {
  const std::vector<std::string> found = problems(spec.tasks);
  if (!found.empty()) {
    throw Error(Fault::config,
                "the tasks cannot be used:" + bullet_list(found));
  }
  Model model;
  model.parameters = ParameterStore(plan_model(spec, {})->parameters());
  initialize_glorot_uniform(model.parameters, seed);
  model.spec = std::move(spec);
  return model;
}

}  // namespace polytask
