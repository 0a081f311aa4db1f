#include "polytask/model/model_settings.h"

namespace polytask {
namespace {

// One number, or a map of labels; a list in the order of the labels, as files
// had it once, where these are known.
struct ThresholdsOf {
  const std::vector<std::string>& labels;
  Thresholds thresholds;
};

void read_setting(const Settings& node, const std::string& path,
                  Problems& problems, ThresholdsOf& field) {
  field.thresholds = {};
  if (node.is_scalar()) {
    read_setting(node, path, problems, field.thresholds.all);
  } else if (node.is_list() && node.items().size() != field.labels.size() &&
             !node.items().empty()) {
    problems.push_back(setting_problem(
        node.place(), path,
        "expected a number, or a map of labels such as {sea: 0.3}, found " +
            found_in(node)));
  }
  for (std::size_t i = 0; i < node.items().size() && i < field.labels.size();
       ++i) {
    read_setting(node.items()[i], child_path(path, field.labels[i]), problems,
                 field.thresholds.labels[field.labels[i]]);
  }
  for (const Settings::Entry& entry : node.entries()) {
    read_setting(entry.value, child_path(path, entry.key), problems,
                 field.thresholds.labels[entry.key]);
  }
}

Settings write_setting(const ThresholdsOf& field) {
  const auto& [all, own] = field.thresholds;
  if (own.empty() && all != 0.5) return polytask::write_setting(all);
  Settings map = Settings::map();
  if (all == 0.5) {
    for (const auto& [label, threshold] : own) {
      map.set(label, polytask::write_setting(threshold));
    }
    return map;
  }
  for (const std::string& label : field.labels) {
    map.set(label, polytask::write_setting(field.thresholds.of(label)));
  }
  return map;
}

// All keys of a task but its kind, on which the default of its loss depends.
template <class Visitor>
void describe(Visitor& visitor, Task& task) {
  visitor.key("labels", task.labels);
  if (form_of(task) == AnswerForm::labels) {
    ThresholdsOf field{task.labels, task.thresholds};
    visitor.key("thresholds", field);
    task.thresholds = std::move(field.thresholds);
  }
  visitor.key("loss", task.loss);
  visitor.key("weight", task.weight);
  visitor.key("head", task.head);
}

// Numbers, or the word that leaves them to the data.
struct WeightsOrWord {
  std::vector<double> weights;
  bool balanced = false;
};

constexpr std::string_view kBalanced = "balanced";

void read_setting(const Settings& node, const std::string& path,
                  Problems& problems, WeightsOrWord& field) {
  if (node.is_scalar() && node.text() == kBalanced) {
    field = {.weights = {}, .balanced = true};
  } else if (node.is_list()) {
    read_setting(node, path, problems, field.weights);
  } else {
    problems.push_back(setting_problem(
        node.place(), path,
        "expected balanced, or a list of numbers, found " + found_in(node)));
  }
}

Settings write_setting(const WeightsOrWord& field) {
  if (field.balanced) return Settings::string(std::string(kBalanced));
  return polytask::write_setting(field.weights);
}

template <class Visitor>
void describe_weights(Visitor& visitor, std::string_view name,
                      std::vector<double>& weights, bool& balanced) {
  WeightsOrWord field{.weights = weights, .balanced = balanced};
  visitor.key(name, field);
  weights = std::move(field.weights);
  balanced = field.balanced;
}

// The keys a loss has beside its kind.
template <class Visitor>
void describe(Visitor& visitor, LossOptions& loss) {
  switch (loss.kind) {
    case LossKind::binary_crossentropy:
      visitor.key("label_smoothing", loss.label_smoothing);
      describe_weights(visitor, "positive_weights", loss.positive_weights,
                       loss.balanced);
      break;
    case LossKind::categorical_crossentropy:
      visitor.key("label_smoothing", loss.label_smoothing);
      describe_weights(visitor, "class_weights", loss.class_weights,
                       loss.balanced);
      break;
    case LossKind::focal:
      visitor.key("gamma", loss.gamma);
      break;
    case LossKind::asymmetric:
      visitor.key("gamma_positive", loss.gamma_positive);
      visitor.key("gamma_negative", loss.gamma_negative);
      visitor.key("clip", loss.clip);
      break;
    case LossKind::huber:
      visitor.key("delta", loss.delta);
      break;
    default:
      break;
  }
}

}  // namespace

void read_setting(const Settings& node, const std::string& path,
                  Problems& problems, LossOptions& loss) {
  if (node.is_scalar()) {
    read_setting(node, path, problems, loss.kind);
    return;
  }
  SettingsReader reader(node, path, problems);
  reader.key("kind", loss.kind);
  describe(reader, loss);
  reader.finish();
}

Settings write_setting(const LossOptions& loss) {
  SettingsWriter writer;
  writer.key("kind", loss.kind);
  LossOptions copy = loss;
  describe(writer, copy);
  return writer.take_settings();
}

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
    reader.key("kind", task.kind);
    task.loss.kind = default_loss(task.kind);
    describe(reader, task);
    reader.finish();
    tasks.push_back(std::move(task));
  }
}

Settings write_setting(const std::vector<Task>& tasks) {
  Settings map = Settings::map();
  for (Task task : tasks) {
    SettingsWriter writer;
    writer.key("kind", task.kind);
    describe(writer, task);
    map.set(task.name, writer.take_settings());
  }
  return map;
}

}  // namespace polytask
