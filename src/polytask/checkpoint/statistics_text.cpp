#include "polytask/checkpoint/statistics_text.h"

#include <cmath>
#include <nlohmann/json.hpp>
#include <span>

#include "polytask/base/error.h"
#include "polytask/base/text.h"
#include "polytask/checkpoint/bounded_json.h"
#include "polytask/checkpoint/safetensors_header.h"
#include "polytask/task/kind_traits.h"

namespace polytask {
namespace {

using Numbers = std::vector<double>;

constexpr std::size_t kParts = 3;  // of a label, and of a number

[[noreturn]] void refuse(const std::string& place, const std::string& why) {
  throw Error(Fault::data, cat(place, ": ", why));
}

Numbers listed_numbers(const TargetStatistics& statistics) {
  Numbers all = statistics.shares;
  for (const Numbers* more : {&statistics.first_label, &statistics.label_set}) {
    all.insert(all.end(), more->begin(), more->end());
  }
  for (const NumberStatistics& n : statistics.numbers) {
    all.insert(all.end(), {n.mean, n.deviation, n.median});
  }
  return all;
}

std::size_t number_count(const Task& task) {
  switch (form_of(task)) {
    case AnswerForm::labels:
      return kParts * task.labels.size();
    case AnswerForm::classes:
      return task.labels.size();
    case AnswerForm::numbers:
      break;
  }
  return kParts * static_cast<std::size_t>(task.columns());
}

// Of older files.
std::size_t older_number_count(const Task& task) {
  if (form_of(task) == AnswerForm::labels) return task.labels.size();
  return traits_of(task).counted ? 1 : number_count(task);
}

//   all   number_count or older_number_count of the task
TargetStatistics statistics_of(const Task& task, std::span<const double> all) {
  const auto part = [&](std::size_t i) {
    const std::size_t labels = task.labels.size();
    if (all.size() < (i + 1) * labels) return Numbers();
    const auto some = all.subspan(i * labels, labels);
    return Numbers(some.begin(), some.end());
  };
  const auto number = [&](std::size_t i) {
    return i < all.size() ? all[i] : std::nan("");
  };
  TargetStatistics found;
  switch (form_of(task)) {
    case AnswerForm::labels:
      found = {.shares = part(0),
               .first_label = part(1),
               .label_set = part(2),
               .numbers = {}};
      break;
    case AnswerForm::classes:
      found.shares = part(0);
      break;
    case AnswerForm::numbers:
      for (std::size_t i = 0; i < all.size(); i += kParts) {
        found.numbers.push_back({.mean = number(i),
                                 .deviation = number(i + 1),
                                 .median = number(i + 2)});
      }
      break;
  }
  return found;
}

// Of one task: null is a number that is not known.
Numbers read_numbers(const std::string& place, const Task& task,
                     const nlohmann::json& values) {
  const bool is_share = form_of(task) != AnswerForm::numbers;
  Numbers numbers;
  for (const auto& value : values) {
    if (!value.is_number() && !value.is_null()) {
      refuse(place, cat("expected numbers or null for task \"", task.name,
                        "\", found ", in_quotes(value.dump())));
    }
    numbers.push_back(value.is_null() ? std::nan("") : value.get<double>());
    const double number = numbers.back();
    if (is_share && (number < 0.0 || number > 1.0)) {
      refuse(place, cat("expected shares of 0 to 1 for task \"", task.name,
                        "\", found ", number));
    }
  }
  return numbers;
}

bool has_count(const nlohmann::json& values, const Task& task) {
  return values.is_array() && (values.size() == number_count(task) ||
                               values.size() == older_number_count(task));
}

}  // namespace

std::string statistics_text(const Model& model) {
  nlohmann::json tasks = nlohmann::json::object();
  for (std::size_t t = 0; t < model.target_statistics.size(); ++t) {
    nlohmann::json values = nlohmann::json::array();
    for (const double n : listed_numbers(model.target_statistics[t])) {
      values.push_back(std::isnan(n) ? nlohmann::json() : nlohmann::json(n));
    }
    tasks[model.spec.tasks[t].name] = values;
  }
  return tasks.dump();
}

std::vector<TargetStatistics> read_statistics(const std::string& text,
                                              const std::vector<Task>& tasks,
                                              const std::string& place) {
  JsonBounds bounds{.depth = 2, .values = 1};
  for (const Task& task : tasks) bounds.values += 1 + number_count(task);
  const nlohmann::json json = parse_bounded_json(text, bounds, place);
  if (!json.is_object()) {
    refuse(place, "expected a map from the tasks' names to their numbers");
  }
  std::vector<TargetStatistics> statistics;
  if (json.empty()) return statistics;
  for (const Task& task : tasks) {
    const auto values = json.find(task.name);
    if (values == json.end() || !has_count(*values, task)) {
      refuse(place, cat("expected ", number_count(task), " numbers for task \"",
                        task.name, "\""));
    }
    statistics.push_back(
        statistics_of(task, read_numbers(place, task, *values)));
  }
  if (json.size() > tasks.size()) {
    refuse(place, "expected numbers for the model's tasks, found others");
  }
  return statistics;
}

}  // namespace polytask
