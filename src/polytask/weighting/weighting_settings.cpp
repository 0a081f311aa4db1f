#include "polytask/weighting/weighting_settings.h"

namespace polytask {
namespace {

using Factors = std::map<std::string, double>;

void read_factors(const Settings& node, const std::string& path,
                  Problems& problems, Factors& factors) {
  if (!node.is_map()) {
    problems.push_back(setting_problem(
        node.place(), path,
        "expected a map from names of tasks to numbers, as in {distance: 0.5}, "
        "found " +
            found_in(node)));
    return;
  }
  factors.clear();
  for (const Settings::Entry& entry : node.entries()) {
    read_setting(entry.value, child_path(path, entry.key), problems,
                 factors[entry.key]);
  }
}

Settings written(const Factors& factors) {
  Settings node = Settings::map();
  for (const auto& [task, factor] : factors) {
    node.set(task, write_setting(factor));
  }
  return node;
}

}  // namespace

void read_setting(const Settings& node, const std::string& path,
                  Problems& problems, WeightPoint& point) {
  SettingsReader reader(node, path, problems);
  reader.key("epoch", point.epoch);
  if (const Settings* weights = reader.take("weights")) {
    read_factors(*weights, child_path(path, "weights"), problems,
                 point.weights);
  }
  reader.finish();
}

Settings write_setting(const WeightPoint& point) {
  SettingsWriter writer;
  writer.key("epoch", point.epoch);
  writer.put("weights", written(point.weights));
  return writer.take_settings();
}

}  // namespace polytask
