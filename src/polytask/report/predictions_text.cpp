#include "polytask/report/predictions_text.h"

#include <cmath>
#include <map>
#include <span>

#include "polytask/base/error.h"
#include "polytask/base/json.h"
#include "polytask/base/number_text.h"
#include "polytask/base/text.h"
#include "polytask/base/utf8.h"
#include "polytask/model/answers.h"
#include "polytask/model/model_settings.h"
#include "polytask/report/csv_field.h"
#include "polytask/report/document_version.h"
#include "polytask/task/kind_traits.h"

namespace polytask {
namespace {

using Floats = std::span<const float>;

std::string finite_text(float value, const char* otherwise) {
  constexpr int kFloatDigits = 9;  // any float reads back the same
  return std::isfinite(value) ? significant_text(value, kFloatDigits)
                              : otherwise;
}

std::string name_list(const std::vector<std::string>& names) {
  std::vector<std::string> quoted;
  for (const std::string& name : names) quoted.push_back(Json(name).text());
  return cat('[', join(quoted), ']');
}

void require_answers(const std::vector<Task>& tasks, const PredictionRow& row) {
  std::size_t wanted = 0;
  for (const Task& task : tasks) {
    wanted += static_cast<std::size_t>(answer_count(task));
  }
  if (row.answers.empty() || row.answers.size() == wanted) return;
  throw Error(Fault::shape,
              cat("prediction of image '", row.image, "': expected ", wanted,
                  " answers, found ", row.answers.size()));
}

// "car, person", "rain", "3"; of several numbers "x = 1.5; y = 2".
std::string task_line(const Task& task, Floats answer, bool alone) {
  const std::vector<std::string> words = answer_words(task, answer);
  if (holds_probabilities(task) || task.labels.empty()) {
    const std::string text = words.empty() ? "(none)" : join(words);
    return alone ? text : cat(task.name, " = ", text);
  }
  std::vector<std::string> numbers;
  for (std::size_t i = 0; i < words.size(); ++i) {
    numbers.push_back(
        cat(alone ? "" : task.name + '/', task.labels[i], " = ", words[i]));
  }
  return join(numbers, "; ");
}

std::string row_line(const std::vector<Task>& tasks, Floats answers) {
  std::vector<std::string> parts;
  for (const Task& task : tasks) {
    const auto count = static_cast<std::size_t>(answer_count(task));
    parts.push_back(task_line(task, answers.first(count), tasks.size() == 1));
    answers = answers.subspan(count);
  }
  return join(parts, "; ");
}

std::string csv_header(const std::vector<Task>& tasks) {
  std::string line = "image,labels";
  for (const std::string& name : answer_names(tasks)) {
    line += cat(',', csv_field(name));
  }
  return line;
}

std::string csv_row(const std::vector<Task>& tasks, const PredictionRow& row) {
  require_answers(tasks, row);
  std::string line = cat(csv_field(row.image), ',');
  if (row.answers.empty()) {
    return line + std::string(answer_names(tasks).size(), ',');
  }
  line += csv_field(join(answer_words(tasks, row.answers), "|"));
  for (const float answer : row.answers) {
    line += cat(',', finite_text(answer, ""));
  }
  return line;
}

std::string truth_cell(const Task& task, float value,
                       const PredictionRow& row) {
  const bool is_class = form_of(task) == AnswerForm::classes;
  if (!is_class || std::isnan(value)) return finite_text(value, "");
  if (value < 0.0f || value >= static_cast<float>(task.labels.size())) {
    throw Error(Fault::shape, cat("prediction of image '", row.image,
                                  "': expected a class of task ", task.name,
                                  ", found ", value));
  }
  return csv_field(task.labels[static_cast<std::size_t>(value)]);
}

// Cells of one row, each behind a comma.
std::string truth_cells(const std::vector<Task>& tasks,
                        const PredictionRow& row) {
  const std::size_t columns = target_names(tasks).size();
  if (row.truth.size() != columns) {
    throw Error(Fault::shape, cat("prediction of image '", row.image,
                                  "': expected the truth of ", columns,
                                  " columns, found ", row.truth.size()));
  }
  std::string line;
  auto value = row.truth.begin();
  for (const Task& task : tasks) {
    for (int i = 0; i < task.columns(); ++i) {
      line += cat(',', truth_cell(task, *value++, row));
    }
  }
  return line;
}

Json task_json(const Task& task) {
  Json json{{"kind", name_of(task.kind)}};
  if (!task.labels.empty()) json["labels"] = task.labels;
  if (form_of(task) != AnswerForm::labels) return json;
  for (const std::string& label : task.labels) {
    json["thresholds"][label] = task.thresholds.of(label);
  }
  return json;
}

// {"sea": 0.75, "sunset": 0.1}
std::string number_object(std::span<const std::string> names, Floats numbers) {
  std::vector<std::string> members;
  for (std::size_t i = 0; i < names.size(); ++i) {
    members.push_back(
        cat(Json(names[i]).text(), ": ", finite_text(numbers[i], "null")));
  }
  return join(members);
}

std::string row_json(const std::vector<Task>& tasks, const PredictionRow& row) {
  require_answers(tasks, row);
  const std::string image = cat("{\"image\": ", Json(row.image).text());
  if (row.answers.empty()) {
    return cat(image, ", \"labels\": null, \"error\": ", Json(row.error).text(),
               '}');
  }
  const std::vector<std::string> names = answer_names(tasks);
  std::vector<std::string> probabilities;
  std::vector<std::string> values;
  std::size_t first = 0;
  for (const Task& task : tasks) {
    const auto count = static_cast<std::size_t>(answer_count(task));
    (holds_probabilities(task) ? probabilities : values)
        .push_back(number_object(std::span(names).subspan(first, count),
                                 Floats(row.answers).subspan(first, count)));
    first += count;
  }
  std::string text =
      cat(image, ", \"labels\": ", name_list(answer_words(tasks, row.answers)));
  if (!probabilities.empty()) {
    text += cat(", \"probabilities\": {", join(probabilities), '}');
  }
  if (!values.empty()) text += cat(", \"values\": {", join(values), '}');
  return text + '}';
}

}  // namespace

std::string predictions_lines(const Predictions& predictions) {
  std::string text;
  for (const PredictionRow& row : predictions.rows) {
    require_answers(predictions.tasks, row);
    const std::string answer = row.answers.empty()
                                   ? "(not read)"
                                   : row_line(predictions.tasks, row.answers);
    text += cat(printable(row.image), ": ", printable(answer), '\n');
  }
  return text;
}

std::string predictions_names(const Predictions& predictions) {
  std::vector<std::string> lists;
  for (const PredictionRow& row : predictions.rows) {
    require_answers(predictions.tasks, row);
    lists.push_back(row.answers.empty() ? "null"
                                        : name_list(answer_words(
                                              predictions.tasks, row.answers)));
  }
  return cat('[', join(lists, ",\n "), "]\n");
}

std::string predictions_csv(const Predictions& predictions) {
  std::string text = csv_header(predictions.tasks) + '\n';
  for (const PredictionRow& row : predictions.rows) {
    text += csv_row(predictions.tasks, row) + '\n';
  }
  return text;
}

std::string predictions_csv_with_truth(const Predictions& predictions) {
  std::string text = csv_header(predictions.tasks);
  for (const std::string& name : target_names(predictions.tasks)) {
    text += cat(',', csv_field("truth/" + name));
  }
  text += '\n';
  for (const PredictionRow& row : predictions.rows) {
    text += cat(csv_row(predictions.tasks, row),
                truth_cells(predictions.tasks, row), '\n');
  }
  return text;
}

std::string predictions_json(const Predictions& predictions) {
  Json tasks = Json::object();
  for (const Task& task : predictions.tasks) tasks[task.name] = task_json(task);
  std::vector<std::string> rows;
  for (const PredictionRow& row : predictions.rows) {
    rows.push_back(row_json(predictions.tasks, row));
  }
  return cat("{\"version\": ", kDocumentVersion,
             ",\n \"tasks\": ", tasks.text(), ",\n \"predictions\": [",
             rows.empty() ? "" : "\n  ", join(rows, ",\n  "), "]}\n");
}

}  // namespace polytask
