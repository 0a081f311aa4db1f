#include <algorithm>
#include <cmath>
#include <optional>
#include <string_view>

#include "polytask/base/number_text.h"
#include "polytask/base/text.h"
#include "polytask/report/evaluation_text.h"
#include "polytask/report/terminal_text.h"
#include "polytask/task/kind_traits.h"

namespace polytask {
namespace {

constexpr std::size_t kValueWidth = 10;
constexpr std::size_t kLabelWidth = 11;  // "undefined" and two spaces
constexpr std::size_t kIntervalWidth = 17;
constexpr std::size_t kCountWidth = 7;

bool is_defined(const std::optional<double>& value) {
  return value && std::isfinite(*value);
}

std::string value_text(const std::optional<double>& value) {
  return is_defined(value) ? table_text(*value) : std::string();
}

std::string interval_text(const Number& number) {
  if (!is_defined(number.low) || !is_defined(number.high)) return {};
  return cat(table_text(*number.low), " - ", table_text(*number.high));
}

// The longest name's width, at least `least`.
template <class Items, class Name>
std::size_t name_width(const Items& items, Name name, std::size_t least) {
  for (const auto& item : items) {
    least = std::max(least, display_width(printable(name(item))));
  }
  return least;
}

std::string metric_line(std::string_view name, const Number& number,
                        std::size_t width) {
  std::string line = cat("  ", left(name, width));
  if (is_defined(number.value)) {
    return cat(line, right(value_text(number.value), kValueWidth),
               right(value_text(number.baseline), kValueWidth),
               right(interval_text(number), kIntervalWidth),
               right(cat(number.n), kCountWidth), '\n');
  }
  line += number.n == 0 ? "  undefined (n = 0)" : "  not finite";
  if (is_defined(number.baseline)) {
    line += cat(", baseline ", value_text(number.baseline));
  }
  return line + '\n';
}

std::string metric_header(std::string_view title, std::size_t width) {
  return cat("  ", left(title, width), right("value", kValueWidth),
             right("baseline", kValueWidth),
             right("95 % interval", kIntervalWidth), right("n", kCountWidth),
             '\n');
}

const Number& find(const NamedNumbers& numbers, std::string_view name) {
  static const Number absent;
  const auto found = std::ranges::find_if(
      numbers, [&](const auto& entry) { return entry.first == name; });
  return found == numbers.end() ? absent : found->second;
}

std::string cell(const std::optional<double>& value) {
  return right(is_defined(value) ? value_text(value) : "undefined",
               kLabelWidth);
}

std::string label_lines(const TaskEvaluation& task, std::size_t width) {
  std::string text =
      cat("  ", left("label", width), right("precision", kLabelWidth),
          right("recall", kLabelWidth), right("f1", kLabelWidth),
          right("baseline", kLabelWidth), right("support", kLabelWidth),
          right("missing", kLabelWidth), '\n');
  bool any_undefined = false;
  for (const LabelEvaluation& label : task.labels) {
    const Number& precision = find(label.numbers, "precision");
    const Number& recall = find(label.numbers, "recall");
    const Number& f1 = find(label.numbers, "f1");
    const Number& missing = find(label.numbers, "missing");
    any_undefined = any_undefined || !is_defined(precision.value) ||
                    !is_defined(recall.value) || !is_defined(f1.value) ||
                    !is_defined(f1.baseline);
    text += cat(
        "  ", left(printable(label.label), width), cell(precision.value),
        cell(recall.value), cell(f1.value), cell(f1.baseline),
        right(cat(label.confusion.support()), kLabelWidth),
        right(fixed_text(missing.value.value_or(0.0), 0), kLabelWidth), '\n');
  }
  text += "  baseline: f1 of always answering yes\n";
  if (task.never_answered > 0) {
    text += cat("  occur, never answered: ", task.never_answered,
                "; 0 in macro and weighted precision\n");
  }
  if (task.do_not_occur > 0) {
    text += cat("  do not occur: ", task.do_not_occur,
                "; left out of means of precision and recall\n");
  }
  if (any_undefined) {
    text += "  undefined (n = 0): nothing it could be computed from\n";
  }
  return text;
}

// Rows are the true classes, columns the answers.
std::string class_confusion_lines(const TaskEvaluation& task,
                                  std::size_t width) {
  std::size_t cell_width = 8;
  for (const LabelEvaluation& label : task.labels) {
    cell_width =
        std::max(cell_width, display_width(printable(label.label)) + 2);
  }
  std::string text = cat("  ", left("true, answered as", width));
  for (const LabelEvaluation& label : task.labels) {
    text += right(printable(label.label), cell_width);
  }
  text += '\n';
  for (std::size_t row = 0; row < task.confusion.size(); ++row) {
    text += cat("  ", left(printable(task.labels[row].label), width));
    for (const std::int64_t count : task.confusion[row]) {
      text += right(cat(count), cell_width);
    }
    text += '\n';
  }
  return text;
}

// The numbers of a regression, one block each.
std::string number_lines(const TaskEvaluation& task, std::size_t width) {
  std::string text;
  for (const LabelEvaluation& label : task.labels) {
    text += cat('\n', metric_header(printable(label.label), width));
    for (const auto& [name, number] : label.numbers) {
      text += metric_line(printable(name), number, width);
    }
  }
  return text;
}

std::string confusion_lines(const TaskEvaluation& task, std::size_t width) {
  std::string text = cat("  ", left("label", width), right("true no,", 14),
                         right("true no,", 14), right("true yes,", 14),
                         right("true yes,", 14), "\n  ", left("", width),
                         right("answer no", 14), right("answer yes", 14),
                         right("answer no", 14), right("answer yes", 14), '\n');
  for (const LabelEvaluation& label : task.labels) {
    const ConfusionMatrix& cells = label.confusion;
    text += cat("  ", left(printable(label.label), width),
                right(cat(cells.true_negative), 14),
                right(cat(cells.false_positive), 14),
                right(cat(cells.false_negative), 14),
                right(cat(cells.true_positive), 14), '\n');
  }
  return text;
}

std::string images_line(const Evaluation& evaluation) {
  const std::string images =
      cat(evaluation.images, evaluation.images == 1 ? " image" : " images");
  switch (evaluation.part) {
    case ImagesPart::given:
      return cat("evaluated on ", images);
    case ImagesPart::validation:
      return cat("evaluated on the ", images,
                 " of the validation part. The epoch was chosen on\nthem: "
                 "expect less of other images");
    case ImagesPart::test:
      break;
  }
  return cat("evaluated on the ", images,
             " of the test part: none was trained on, no epoch\nchosen by "
             "them");
}

}  // namespace

std::string evaluation_table(const Evaluation& evaluation) {
  std::size_t width = 31;  // label_ranking_average_precision
  for (const TaskEvaluation& task : evaluation.tasks) {
    width = name_width(
        task.metrics, [](const auto& m) { return m.first; }, width);
  }
  std::string text =
      cat(images_line(evaluation), "\n\n", metric_header("", width),
          metric_line("loss", evaluation.loss, width));
  for (const TaskEvaluation& task : evaluation.tasks) {
    text += cat("\ntask ", printable(task.task), " (", task.kind, ")\n\n",
                metric_header("metric", width));
    for (const auto& [name, number] : task.metrics) {
      text += metric_line(printable(name), number, width);
    }
    if (task.labels.empty()) continue;
    const KindTraits* const kind = kind_named(task.kind);
    if (kind != nullptr && kind->form == AnswerForm::numbers) {
      text += number_lines(task, width);
      continue;
    }
    const bool classes = !task.confusion.empty();
    const std::size_t label_width = name_width(
        task.labels, [](const auto& l) { return l.label; }, classes ? 18 : 12);
    text += cat('\n', label_lines(task, label_width), '\n',
                classes ? class_confusion_lines(task, label_width)
                        : confusion_lines(task, label_width));
  }
  return text;
}

}  // namespace polytask
