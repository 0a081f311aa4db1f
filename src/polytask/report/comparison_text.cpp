#include "polytask/report/comparison_text.h"

#include <algorithm>

#include "polytask/base/json.h"
#include "polytask/base/number_text.h"
#include "polytask/base/text.h"
#include "polytask/report/document_version.h"
#include "polytask/report/terminal_text.h"

namespace polytask {
namespace {

std::string cell(const std::optional<double>& value, std::size_t width = 10) {
  return right(value ? fixed_text(*value, 4) : "-", width);
}

bool of_tasks(const Comparison& comparison) {
  return comparison.reference != "equal";
}

std::string verdict_text(Verdict verdict, bool tasks) {
  if (tasks && verdict == Verdict::better) return "helped";
  if (tasks && verdict == Verdict::worse) return "hurt";
  return to_text(verdict);
}

// What would decide each task that is not.
std::string needed_lines(const ComparedNetwork& network) {
  std::string text;
  for (const TaskDifference& task : network.tasks) {
    if (task.scores.verdict != Verdict::undecided) continue;
    text += cat("  to decide ", printable(task.task), ": ",
                to_text(task.scores.needed), '\n');
  }
  return text.empty() ? text : '\n' + text;
}

std::string difference_lines(const ComparedNetwork& network, bool tasks) {
  std::size_t width = 12;
  for (const TaskDifference& task : network.tasks) {
    width = std::max(width, display_width(printable(task.task)) + 1);
  }
  std::string text = cat("  ", left("task", width), left("score", 20),
                         right(tasks ? "joint" : "this", 10),
                         right(tasks ? "alone" : "equal", 10),
                         right("difference", 12), right("95 % interval", 20),
                         right("seeds", 9), right("images", 9), "  verdict\n");
  for (const TaskDifference& task : network.tasks) {
    const PairedDifference& s = task.scores;
    const std::string interval =
        s.difference.low && s.difference.high
            ? cat(fixed_text(*s.difference.low, 4), " to ",
                  fixed_text(*s.difference.high, 4))
            : std::string("-");
    text += cat("  ", left(printable(task.task), width), left(task.metric, 20),
                cell(s.candidate.value), cell(s.reference.value),
                cell(s.difference.value, 12), right(interval, 20),
                cell(s.seed_error, 9), cell(s.image_error, 9), "  ",
                verdict_text(s.verdict, tasks), '\n');
  }
  return text + needed_lines(network);
}

std::string what_columns_are(const Comparison& comparison) {
  return cat(
      "\n  seeds, images: the standard error of the difference over trainings "
      "and over\n  test images; the interval is of both together\n"
      "  as good: worse by less than the margin, ",
      comparison.margin, " (of an error: ", comparison.margin,
      " of the reference's)\n");
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

// What would decide it; null for what is decided.
Json needed_json(const PairedDifference& s) {
  if (s.verdict != Verdict::undecided) return nullptr;
  const Needed& needed = s.needed;
  return {{"seeds", needed.seeds ? Json(*needed.seeds) : Json(nullptr)},
          {"images", needed.images ? Json(*needed.images) : Json(nullptr)},
          {"both", needed.both}};
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
          {"seed_error", or_null(s.seed_error)},
          {"image_error", or_null(s.image_error)},
          {"margin", s.margin},
          {"verdict", verdict_text(s.verdict, tasks)},
          {"needed", needed_json(s)}};
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
    text += cat('\n', network.name, " compared with ", comparison.reference,
                "\n\n", difference_lines(network, tasks));
  }
  if (!comparison.networks.empty()) text += what_columns_are(comparison);
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
            {"margin", comparison.margin},
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
  return json.text(2) + '\n';
}

}  // namespace polytask
