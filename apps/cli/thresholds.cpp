#include "apps/cli/thresholds.h"

#include <algorithm>
#include <charconv>

#include "polytask/base/error.h"
#include "polytask/base/text.h"
#include "polytask/task/kind_traits.h"

namespace polytask::cli {
namespace {

// A label, by its task and its own name.
struct Place {
  Task* task;
  std::string label;
};

std::vector<Place> labels_of(std::vector<Task>& tasks) {
  std::vector<Place> places;
  for (Task& task : tasks) {
    if (form_of(task) != AnswerForm::labels) continue;
    for (const std::string& label : task.labels)
      places.push_back({&task, label});
  }
  return places;
}

std::string full_name(const Place& place) {
  return cat(place.task->name, '/', place.label);
}

std::vector<Place> find(const std::vector<Place>& places,
                        const std::string& name) {
  std::vector<Place> found;
  for (const Place& place : places) {
    if (full_name(place) == name) return {place};
    if (place.label == name) found.push_back(place);
  }
  return found;
}

std::string unknown(const std::vector<Place>& places, const std::string& name) {
  std::vector<std::string> names;
  for (const Place& place : places) {
    names.push_back(name.find('/') == std::string::npos ? place.label
                                                        : full_name(place));
  }
  const std::string close = nearest(name, names);
  return cat("no label \"", name, "\"; ",
             close.empty() ? "there are " + join(names)
                           : "did you mean \"" + close + "\"?");
}

// The problem with one word; empty when it is applied.
std::string apply(const std::string& word, const std::vector<Place>& places) {
  const std::size_t equals = word.rfind('=');
  const bool every = equals == std::string::npos;
  const std::string number = every ? word : word.substr(equals + 1);
  const std::optional<double> threshold = threshold_in(number);
  if (!threshold) {
    return cat(word, ": expected a number of 0 to 1",
               every ? ", or LABEL=NUMBER" : "", ", found \"", number, '"');
  }
  if (every) {
    for (const Place& place : places) {
      place.task->thresholds.labels[place.label] = *threshold;
    }
    return "";
  }
  const std::string name = word.substr(0, equals);
  const std::vector<Place> found = find(places, name);
  if (found.empty()) return cat(word, ": ", unknown(places, name));
  if (found.size() > 1) {
    return cat(word, ": several tasks have this label; say ",
               full_name(found[0]), " or ", full_name(found[1]));
  }
  found[0].task->thresholds.labels[found[0].label] = *threshold;
  return "";
}

}  // namespace

std::optional<double> threshold_in(const std::string& text) {
  double value = 0.0;
  const char* const end = text.data() + text.size();
  const auto [stopped, fault] = std::from_chars(text.data(), end, value);
  if (fault != std::errc() || stopped != end) return std::nullopt;
  return value >= 0.0 && value <= 1.0 ? std::optional(value) : std::nullopt;
}

void apply_thresholds(const std::vector<std::string>& words,
                      std::vector<Task>& tasks) {
  const std::vector<Place> places = labels_of(tasks);
  std::vector<std::string> problems;
  if (!words.empty() && places.empty()) {
    throw Error(Fault::config,
                "--threshold: expected a model with labels, which thresholds "
                "decide, found one without; leave the flag out");
  }
  for (const std::string& word : words) {
    std::string problem = apply(word, places);
    if (!problem.empty()) problems.push_back("--threshold " + problem);
  }
  if (problems.empty()) return;
  throw Error(Fault::config,
              problems.size() == 1
                  ? problems.front()
                  : "the thresholds cannot be used:" + bullet_list(problems));
}

}  // namespace polytask::cli
