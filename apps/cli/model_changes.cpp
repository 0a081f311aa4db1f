#include "apps/cli/model_changes.h"

#include <algorithm>
#include <map>
#include <optional>
#include <utility>

#include "apps/cli/thresholds.h"
#include "polytask/base/error.h"
#include "polytask/base/text.h"
#include "polytask/model/model_plan.h"

namespace polytask::cli {
namespace {

constexpr std::string_view kTasks = "tasks.";
constexpr std::string_view kNote = "note.";

// The longest of `names` that `text` begins with, `separator` behind it.
std::optional<std::size_t> find_name(const std::vector<std::string>& names,
                                     std::string_view text, char separator) {
  std::optional<std::size_t> found;
  for (std::size_t i = 0; i < names.size(); ++i) {
    const std::string& name = names[i];
    const bool fits = text.starts_with(name) && text.size() > name.size() &&
                      text[name.size()] == separator;
    if (fits && (!found || name.size() > names[*found].size())) found = i;
  }
  return found;
}

std::string advice(const std::string& name,
                   const std::vector<std::string>& names) {
  const std::string close = nearest(name, names);
  return close.empty() ? "there are " + join(names)
                       : "did you mean \"" + close + "\"?";
}

// What is to become of one task; by its labels of now.
struct TaskChange {
  std::optional<std::string> name;
  std::optional<double> every_threshold;
  std::map<std::string, double> thresholds;
  std::map<std::string, std::string> labels;
};

class Changes {
 public:
  explicit Changes(const Model& model)
      : model_(model),
        names_(task_names(model.spec.tasks)),
        tasks_(model.spec.tasks.size()) {}

  void read(const std::string& word) {
    if (word.starts_with(kTasks) && word.find('=') != std::string::npos) {
      read_task(word, word.substr(kTasks.size()));
    } else if (word.starts_with(kNote) && word.find('=') > kNote.size() &&
               word.find('=') != std::string::npos) {
      read_note(word);
    } else {
      problem(word,
              "expected tasks.TASK.thresholds.LABEL=NUMBER, "
              "tasks.TASK.thresholds=NUMBER, tasks.TASK.labels.OLD=NEW, "
              "tasks.TASK.name=NEW or note.NAME=TEXT");
    }
  }

  // The tasks as they shall be; adds what makes them unusable.
  std::vector<Task> apply() {
    std::vector<Task> tasks = model_.spec.tasks;
    for (std::size_t t = 0; t < tasks.size(); ++t) apply(tasks_[t], tasks[t]);
    for (const std::string& found : polytask::problems(tasks)) {
      problems_.push_back(found);
    }
    return tasks;
  }

  [[nodiscard]] const std::vector<std::string>& problems() const {
    return problems_;
  }
  [[nodiscard]] const std::map<std::string, std::string>& notes() const {
    return notes_;
  }
  [[nodiscard]] std::vector<ModelChange> take_done() {
    return std::move(done_);
  }

 private:
  void problem(const std::string& word, const std::string& text) {
    problems_.push_back(cat(word, ": ", text));
  }

  void done(const std::string& key, std::string from, std::string to) {
    const bool again = std::ranges::count(done_, key, &ModelChange::key) > 0;
    if (again) problems_.push_back(cat(key, ": is given twice"));
    done_.push_back({key, std::move(from), std::move(to)});
  }

  void read_note(const std::string& word) {
    const std::size_t equals = word.find('=');
    const std::string name = word.substr(kNote.size(), equals - kNote.size());
    const auto before = model_.notes.find(name);
    notes_[name] = word.substr(equals + 1);
    done(cat(kNote, name), before == model_.notes.end() ? "" : before->second,
         notes_[name]);
  }

  //   rest   "scene.thresholds.sea=.3"
  void read_task(const std::string& word, const std::string& rest) {
    const auto t = find_name(names_, rest, '.');
    if (!t) {
      const std::string name = rest.substr(0, rest.find_first_of(".="));
      problem(word, cat("no task \"", name, "\"; ", advice(name, names_)));
      return;
    }
    const std::string& task = names_[*t];
    const std::string key = rest.substr(task.size() + 1);
    const std::string value = key.substr(key.find('=') + 1);
    if (key.starts_with("name=")) {
      tasks_[*t].name = value;
      done(cat(kTasks, task, ".name"), task, value);
    } else if (key.starts_with("thresholds=")) {
      read_every_threshold(word, *t, value);
    } else if (key.starts_with("thresholds.")) {
      read_threshold_of(word, *t, key.substr(sizeof "thresholds." - 1));
    } else if (key.starts_with("labels.")) {
      read_label(word, *t, key.substr(sizeof "labels." - 1));
    } else {
      const std::string name = key.substr(0, key.find_first_of(".="));
      problem(word, cat("unknown key \"", name, "\"; ",
                        advice(name, {"thresholds", "labels", "name"})));
    }
  }

  bool read_threshold(const std::string& word, const std::string& text,
                      std::optional<double>& field) {
    field = threshold_in(text);
    if (field) return true;
    problem(word, cat("expected a number of 0 to 1, found \"", text, '"'));
    return false;
  }

  void read_every_threshold(const std::string& word, std::size_t t,
                            const std::string& text) {
    std::vector<std::string> before;
    for (const double threshold : thresholds_of(model_.spec.tasks[t])) {
      before.push_back(cat(threshold));
    }
    if (!read_threshold(word, text, tasks_[t].every_threshold)) return;
    done(cat(kTasks, names_[t], ".thresholds"), join(before),
         cat(*tasks_[t].every_threshold));
  }

  // "sea" of "sea=.3"; empty when the task has no such label.
  std::optional<std::string> label_in(const std::string& word, std::size_t t,
                                      const std::string& rest) {
    const std::vector<std::string>& labels = model_.spec.tasks[t].labels;
    const auto i = find_name(labels, rest, '=');
    if (i) return labels[*i];
    const std::string name = rest.substr(0, rest.find('='));
    problem(word, labels.empty()
                      ? cat("task \"", names_[t], "\" has no labels")
                      : cat("no label \"", name, "\"; ", advice(name, labels)));
    return std::nullopt;
  }

  void read_threshold_of(const std::string& word, std::size_t t,
                         const std::string& rest) {
    const auto label = label_in(word, t, rest);
    if (!label) return;
    std::optional<double> value;
    const std::string text = rest.substr(label->size() + 1);
    if (!read_threshold(word, text, value)) return;
    tasks_[t].thresholds[*label] = *value;
    done(cat(kTasks, names_[t], ".thresholds.", *label),
         cat(model_.spec.tasks[t].thresholds.of(*label)), cat(*value));
  }

  void read_label(const std::string& word, std::size_t t,
                  const std::string& rest) {
    const auto label = label_in(word, t, rest);
    if (!label) return;
    const std::string name = rest.substr(label->size() + 1);
    tasks_[t].labels[*label] = name;
    done(cat(kTasks, names_[t], ".labels.", *label), *label, name);
  }

  static void apply(const TaskChange& change, Task& task) {
    Thresholds& thresholds = task.thresholds;
    if (change.every_threshold) thresholds = {.all = *change.every_threshold};
    for (const auto& [label, value] : change.thresholds) {
      thresholds.labels[label] = value;
    }
    std::map<std::string, double> renamed;
    for (std::string& label : task.labels) {
      const auto own = thresholds.labels.find(label);
      const auto name = change.labels.find(label);
      if (name != change.labels.end()) label = name->second;
      if (own != thresholds.labels.end()) renamed[label] = own->second;
    }
    thresholds.labels = std::move(renamed);
    if (change.name) task.name = *change.name;
  }

  const Model& model_;
  std::vector<std::string> names_;
  std::vector<TaskChange> tasks_;
  std::map<std::string, std::string> notes_;
  std::vector<std::string> problems_;
  std::vector<ModelChange> done_;
};

// Heads are called as their tasks.
void rename_parameters(Model& model) {
  ParameterLayout layout = plan_model(model.spec, {})->parameters();
  if (layout == model.parameters.layout()) return;
  ParameterStore renamed(std::move(layout));
  std::ranges::copy(std::as_const(model.parameters).flat(),
                    renamed.flat().begin());
  model.parameters = std::move(renamed);
}

}  // namespace

std::vector<ModelChange> change_model(Model& model,
                                      const std::vector<std::string>& words) {
  (void)plan_model(model, {});  // The parameters fit the network.
  Changes changes(model);
  for (const std::string& word : words) changes.read(word);
  std::vector<Task> tasks = changes.apply();
  if (!changes.problems().empty()) {
    throw Error(Fault::config, "the model cannot be changed so:" +
                                   bullet_list(changes.problems()));
  }
  model.spec.tasks = std::move(tasks);
  for (const auto& [name, text] : changes.notes()) {
    if (text.empty()) {
      model.notes.erase(name);
    } else {
      model.notes[name] = text;
    }
  }
  rename_parameters(model);
  return changes.take_done();
}

}  // namespace polytask::cli
