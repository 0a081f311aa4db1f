#include "polytask/report/comparison_text.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "polytask/base/text.h"
#include "polytask/report/document_version.h"
#include "polytask/report/number_text.h"
#include "polytask/report/terminal_text.h"

namespace polytask {
namespace {

using Json = nlohmann::ordered_json;

std::string cell(const std::optional<double>& value, std::size_t width = 10) {
  return right(value ? fixed_text(*value, 4) : "-", width);
}

bool of_tasks(const Comparison& comparison) {
  return comparison.reference != "equal";
}

std::string verdict_text(Verdict verdict, bool tasks) {
  if (!tasks || verdict == Verdict::undecided) return to_text(verdict);
  return verdict == Verdict::better ? "helped" : "hurt";
}

std::string difference_lines(const ComparedNetwork& network, bool tasks) {
  std::size_t width = 12;
  for (const TaskDifference& task : network.tasks) {
    width = std::max(width, display_width(printable(task.task)) + 1);
  }
  std::string text =
      cat("  ", left("task", width), left("score", 20),
          right(tasks ? "joint" : "this", 10),
          right(tasks ? "alone" : "equal", 10), right("difference", 12),
          right("95 % interval", 20), right("over seeds", 12), "  verdict\n");
  for (const TaskDifference& task : network.tasks) {
    const PairedDifference& s = task.scores;
    const std::string interval =
        s.difference.low && s.difference.high
            ? cat(fixed_text(*s.difference.low, 4), " to ",
                  fixed_text(*s.difference.high, 4))
            : std::string("-");
    text +=
        cat("  ", left(printable(task.task), width), left(task.metric, 20),
            cell(s.candidate.value), cell(s.reference.value),
            cell(s.difference.value, 12), right(interval, 20),
            right(s.deviation ? "+-" + fixed_text(*s.deviation, 4) : "-", 12),
            "  ", verdict_text(s.verdict, tasks), '\n');
  }
  return text;
}

// An error is a score of which less is better; a reader must not guess.
std::string direction_line(const Comparison& comparison) {
  for (const ComparedNetwork& network : comparison.networks) {
    for (const TaskDifference& task : network.tasks) {
      if (task.direction == Direction::higher_is_better) continue;
      return cat("\n  ", task.metric, ": less is better\n");
    }
  }
  return {};
}

std::string cost_line(const std::string& name, const NetworkCost& cost) {
  return cat("  ", left(printable(name), 20), right(cat(cost.parameters), 12),
             right(fixed_text(cost.training_seconds, 1), 14),
             right(fixed_text(1e3 * cost.answer_seconds, 2), 14), '\n');
}

Json to_json(const NetworkCost& cost) {
  return {{"parameters", cost.parameters},
          {"training_seconds", cost.training_seconds},
          {"answer_seconds", cost.answer_seconds}};
}

Json or_null(const std::optional<double>& value) {
  return value ? Json(*value) : Json(nullptr);
}

Json to_json(const TaskDifference& task, bool tasks) {
  const PairedDifference& s = task.scores;
  return {{"task", task.task},
          {"metric", task.metric},
          {"higher_is_better", task.direction == Direction::higher_is_better},
          {"value", or_null(s.candidate.value)},
          {"reference", or_null(s.reference.value)},
          {"difference", or_null(s.difference.value)},
          {"low", or_null(s.difference.low)},
          {"high", or_null(s.difference.high)},
          {"images", s.difference.n},
          {"of_seeds", s.of_seeds},
          {"deviation", or_null(s.deviation)},
          {"verdict", verdict_text(s.verdict, tasks)}};
}

}  // namespace

std::string comparison_table(const Comparison& comparison) {
  const bool tasks = of_tasks(comparison);
  std::string text =
      cat(comparison.seeds, comparison.seeds == 1 ? " seed" : " seeds",
          "; trained on ", comparison.train_images,
          " images, epochs chosen on ", comparison.validation_images,
          ", compared on ", comparison.test_images, "\n");
  for (const ComparedNetwork& network : comparison.networks) {
    text += cat('\n', network.name, " beside ", comparison.reference, "\n\n",
                difference_lines(network, tasks));
  }
  text += direction_line(comparison);
  text += cat("\n  ", left("", 20), right("parameters", 12),
              right("training s", 14), right("an image ms", 14), '\n',
              cost_line(comparison.reference, comparison.reference_cost));
  for (const ComparedNetwork& network : comparison.networks) {
    text += cost_line(network.name, network.cost);
  }
  return cat(text, '\n', printable(comparison.advice), '\n');
}

std::string comparison_json(const Comparison& comparison) {
  Json json{{"version", kDocumentVersion},
            {"seeds", comparison.seeds},
            {"train_images", comparison.train_images},
            {"validation_images", comparison.validation_images},
            {"test_images", comparison.test_images},
            {"reference",
             {{"name", comparison.reference},
              {"cost", to_json(comparison.reference_cost)}}}};
  Json networks = Json::array();
  for (const ComparedNetwork& network : comparison.networks) {
    Json tasks = Json::array();
    for (const TaskDifference& task : network.tasks) {
      tasks.push_back(to_json(task, of_tasks(comparison)));
    }
    networks.push_back({{"name", network.name},
                        {"cost", to_json(network.cost)},
                        {"tasks", tasks}});
  }
  json["networks"] = networks;
  json["advice"] = comparison.advice;
  return json.dump(2, ' ', false, Json::error_handler_t::replace) + '\n';
}

}  // namespace polytask
