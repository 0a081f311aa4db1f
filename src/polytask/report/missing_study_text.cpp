#include "polytask/report/missing_study_text.h"

#include <algorithm>

#include "polytask/base/json.h"
#include "polytask/base/number_text.h"
#include "polytask/base/text.h"
#include "polytask/report/csv_field.h"
#include "polytask/report/document_version.h"
#include "polytask/report/missing_study_numbers.h"
#include "polytask/report/terminal_text.h"

namespace polytask {
namespace {

std::string spread_cell(const Spread& spread) {
  if (!spread.mean) return right("-", 18);
  return right(spread.deviation ? cat(fixed_text(*spread.mean, 4), " +-",
                                      fixed_text(*spread.deviation, 4))
                                : fixed_text(*spread.mean, 4),
               18);
}

// What would decide each line that is not.
std::string needed_lines(const MissingStudy& study, std::size_t task) {
  std::string text;
  for (std::size_t p = 1; p < study.points.size(); ++p) {
    const MissingPoint& point = study.points[p];
    const PairedDifference& s = point.tasks[task].scores;
    if (s.verdict != Verdict::undecided) continue;
    text += cat("  to decide ", to_text(point.policy), ", ",
                percent_text(point.hidden), ": ", to_text(s.needed), '\n');
  }
  return text.empty() ? text : '\n' + text;
}

std::string task_lines(const MissingStudy& study, std::size_t task) {
  const TaskDifference& first = study.points.front().tasks[task];
  const bool has_f1 =
      metric_of(study.points.front(), task, "macro_f1").mean.has_value();
  std::string text = cat(
      '\n', printable(first.task), ", ", first.metric,
      first.direction == Direction::lower_is_better ? " (less is better)" : "",
      "\n\n  ", left("policy", 15), right("hidden", 8), right("score", 18),
      has_f1 ? right("macro_f1", 18) : std::string(), right("difference", 12),
      right("95 % interval", 20), "  verdict\n");
  for (const MissingPoint& point : study.points) {
    const PairedDifference& s = point.tasks[task].scores;
    const bool is_reference = &point == &study.points.front();
    text += cat("  ", left(to_text(point.policy), 15),
                right(percent_text(point.hidden), 8),
                spread_cell(score_of(point, task)),
                has_f1 ? spread_cell(metric_of(point, task, "macro_f1"))
                       : std::string());
    if (is_reference) {
      text += cat(right("-", 12), right("-", 20), "  reference\n");
      continue;
    }
    text += cat(
        right(s.difference.value ? fixed_text(*s.difference.value, 4) : "-",
              12),
        right(interval_text(s.difference), 20), "  ", to_text(s.verdict), '\n');
  }
  return text + needed_lines(study, task);
}

std::string value_lines(const MissingStudy& study) {
  if (study.values.empty()) return {};
  std::size_t width = 12;
  for (const AnswerValue& value : study.values) {
    width = std::max(
        width, display_width(printable(value.task + '/' + value.label)) + 1);
  }
  std::string text =
      cat("\nf1 gained by more answers in the training (policy ignore)\n\n  ",
          left("label", width), right("from", 8), right("to", 8),
          right("f1 gained", 18), right("per 100", 10), '\n');
  for (const AnswerValue& value : study.values) {
    text += cat(
        "  ", left(printable(value.task + '/' + value.label), width),
        right(fixed_text(value.from_observed, 0), 8),
        right(fixed_text(value.to_observed, 0), 8),
        spread_cell({value.f1_gain, value.deviation}),
        right(value.f1_per_100 ? fixed_text(*value.f1_per_100, 4) : "-", 10),
        '\n');
  }
  return text + "  per 100: where at least 100 answers are between the two\n";
}

Json or_null(const std::optional<double>& value) {
  return value ? Json(*value) : Json(nullptr);
}

Json to_json(const Spread& spread) {
  return {{"mean", or_null(spread.mean)},
          {"deviation", or_null(spread.deviation)}};
}

Json task_json(const MissingPoint& point, std::size_t task) {
  const TaskDifference& difference = point.tasks[task];
  const PairedDifference& s = difference.scores;
  Json metrics = Json::object();
  for (const auto& [name, number] :
       point.trainings.front().result.evaluation.tasks[task].metrics) {
    metrics[name] = to_json(metric_of(point, task, name));
  }
  return {{"task", difference.task},
          {"metric", difference.metric},
          {"value", or_null(s.candidate.value)},
          {"difference", or_null(s.difference.value)},
          {"low", or_null(s.difference.low)},
          {"high", or_null(s.difference.high)},
          {"of_seeds", s.of_seeds},
          {"seed_error", or_null(s.seed_error)},
          {"image_error", or_null(s.image_error)},
          {"margin", s.margin},
          {"verdict", to_text(s.verdict)},
          {"metrics", metrics}};
}

std::string csv_value(const Number& number) {
  return number.value ? significant_text(*number.value, 6) : std::string();
}

}  // namespace

std::string missing_study_table(const MissingStudy& study) {
  std::string text = cat(images_text(study), '\n', margin_text(study), '\n');
  for (std::size_t t = 0; t < study.points.front().tasks.size(); ++t) {
    text += task_lines(study, t);
  }
  return text + value_lines(study);
}

std::string missing_study_json(const MissingStudy& study) {
  Json points = Json::array();
  for (const MissingPoint& point : study.points) {
    Json columns = Json::object();
    for (const ColumnCount& column : point.columns) {
      columns[column.column] = column.observed;
    }
    Json tasks = Json::array();
    for (std::size_t t = 0; t < point.tasks.size(); ++t) {
      tasks.push_back(task_json(point, t));
    }
    points.push_back({{"policy", to_text(point.policy)},
                      {"hidden", point.hidden},
                      {"observed", columns},
                      {"tasks", tasks}});
  }
  Json values = Json::array();
  for (const AnswerValue& value : study.values) {
    values.push_back({{"task", value.task},
                      {"label", value.label},
                      {"from_observed", value.from_observed},
                      {"to_observed", value.to_observed},
                      {"f1_gain", value.f1_gain},
                      {"deviation", or_null(value.deviation)},
                      {"f1_per_100", or_null(value.f1_per_100)}});
  }
  const Json json{{"version", kDocumentVersion},
                  {"seeds", study.seeds},
                  {"train_images", study.train_images},
                  {"validation_images", study.validation_images},
                  {"test_images", study.test_images},
                  {"margin", study.margin},
                  {"points", points},
                  {"answer_values", values}};
  return json.text(2) + '\n';
}

std::string missing_study_csv(const MissingStudy& study) {
  std::string text = "policy,hidden,seed,task,label,metric,value\n";
  for (const MissingPoint& point : study.points) {
    for (std::size_t s = 0; s < point.trainings.size(); ++s) {
      const std::string head =
          cat(to_text(point.policy), ',', significant_text(point.hidden, 6),
              ',', s + 1, ',');
      for (const TaskEvaluation& task :
           point.trainings[s].result.evaluation.tasks) {
        for (const auto& [name, number] : task.metrics) {
          text += cat(head, csv_field(task.task), ",,", name, ',',
                      csv_value(number), '\n');
        }
        for (const LabelEvaluation& label : task.labels) {
          for (const auto& [name, number] : label.numbers) {
            text += cat(head, csv_field(task.task), ',', csv_field(label.label),
                        ',', name, ',', csv_value(number), '\n');
          }
        }
      }
    }
  }
  return text;
}

}  // namespace polytask
