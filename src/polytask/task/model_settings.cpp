#include "polytask/task/model_settings.h"

namespace polytask {
namespace {

template <class Visitor>
void describe(Visitor& visitor, Task& task) {
  visitor.key("kind", task.kind);
  visitor.key("labels", task.labels);
  visitor.key("thresholds", task.thresholds);
}

}  // namespace

void read_setting(const Settings& node, const std::string& path,
                  Problems& problems, std::vector<Task>& tasks) {
  tasks.clear();
  if (!node.is_map()) {
    if (node.is_null()) return;
    problems.push_back(setting_problem(
        node.place(), path,
        "expected a map from the tasks' names to their options, found " +
            found_in(node)));
    return;
  }
  for (const Settings::Entry& entry : node.entries()) {
    Task task;
    task.name = entry.key;
    SettingsReader reader(entry.value, child_path(path, entry.key), problems);
    describe(reader, task);
    reader.finish();
    tasks.push_back(std::move(task));
  }
}

Settings write_setting(const std::vector<Task>& tasks) {
  Settings map = Settings::map();
  for (Task task : tasks) {
    SettingsWriter writer;
    describe(writer, task);
    map.set(task.name, writer.take_settings());
  }
  return map;
}

}  // namespace polytask
