#include "polytask/task/kind_traits.h"

#include <algorithm>
#include <utility>

namespace polytask {

const KindTraits& traits_of(TaskKind kind) {
  return *kTaskKinds.at(static_cast<std::size_t>(kind));
}

const KindTraits& traits_of(const Task& task) { return traits_of(task.kind); }

AnswerForm form_of(const Task& task) { return traits_of(task).form; }

const KindTraits* kind_named(std::string_view name) {
  const auto found = std::ranges::find(kTaskKinds, name, &KindTraits::name);
  return found == kTaskKinds.end() ? nullptr : *found;
}

Task make_task(const KindTraits& kind, std::string name,
               std::vector<std::string> labels) {
  Task task;
  task.name = std::move(name);
  task.kind = kind.kind;
  task.labels = std::move(labels);
  task.loss.kind = kind.losses.front();
  return task;
}

}  // namespace polytask
