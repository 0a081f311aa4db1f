#include "polytask/model/transplant.h"

#include <algorithm>
#include <iterator>

#include "polytask/base/error.h"
#include "polytask/base/text.h"
#include "polytask/model/model_settings.h"
#include "polytask/model/target_statistics.h"

namespace polytask {
namespace {

// Why the head of `before` cannot go on as that of `now`.
std::string obstacle(const Task& before, const Task& now) {
  const auto differs = [&](const char* key, const auto& old, const auto& wish) {
    return cat("tasks.", now.name, ".", key, ": expected ", old,
               " as in the model to begin with, got ", wish,
               "; give the task another name to begin anew");
  };
  if (before.kind != now.kind) {
    return differs("kind", name_of(before.kind), name_of(now.kind));
  }
  if (before.labels != now.labels) {
    return differs("labels", join(before.labels), join(now.labels));
  }
  if (before.units() != now.units()) {
    return differs("loss.kind", name_of(before.loss.kind),
                   name_of(now.loss.kind));
  }
  if (before.head != now.head) {
    return differs("head", "the layers", "others");
  }
  return {};
}

void require_same_heads(const std::vector<Task>& before,
                        const std::vector<Task>& now) {
  std::vector<std::string> found;
  for (const Task& task : now) {
    const auto same = std::ranges::find(before, task.name, &Task::name);
    if (same == before.end()) continue;
    const std::string problem = obstacle(*same, task);
    if (!problem.empty()) found.push_back(problem);
  }
  throw_if_any(found, "the list of tasks");
}

TargetStatistics statistics_in(const Model& from, const Task& task) {
  const std::vector<Task>& known = from.spec.tasks;
  const auto found = std::ranges::find(known, task.name, &Task::name);
  if (found == known.end()) return unknown_statistics(task);
  return from
      .target_statistics[static_cast<std::size_t>(found - known.begin())];
}

}  // namespace

void copy_parameters(const Model& from, Model& to) {
  const auto& known = from.parameters.layout().specs();
  const auto& specs = to.parameters.layout().specs();
  for (std::size_t i = 0; i < specs.size(); ++i) {
    const auto found = std::ranges::find(known, specs[i]);
    if (found == known.end()) continue;
    const auto at = static_cast<std::size_t>(found - known.begin());
    std::ranges::copy(from.parameters[at], to.parameters[i].begin());
  }
}

Model transplant(const Model& from, ModelSpec spec, std::uint64_t seed) {
  require_same_heads(from.spec.tasks, spec.tasks);
  Model model = make_model(std::move(spec), seed);
  copy_parameters(from, model);
  if (from.target_statistics.empty()) return model;
  for (const Task& task : model.spec.tasks) {
    model.target_statistics.push_back(statistics_in(from, task));
  }
  return model;
}

Model add_tasks(const Model& model, std::vector<Task> tasks,
                std::uint64_t seed) {
  std::vector<std::string> found;
  for (const Task& task : tasks) {
    const auto& known = model.spec.tasks;
    if (std::ranges::find(known, task.name, &Task::name) == known.end()) {
      continue;
    }
    found.push_back(cat("tasks.", task.name, ": the model has a task of this ",
                        "name already; give the new one another name"));
  }
  throw_if_any(found, "the list of tasks");
  ModelSpec spec = model.spec;
  std::ranges::move(tasks, std::back_inserter(spec.tasks));
  return transplant(model, std::move(spec), seed);
}

}  // namespace polytask
