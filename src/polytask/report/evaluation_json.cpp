#include <cmath>
#include <optional>
#include <string_view>

#include "polytask/base/json.h"
#include "polytask/report/document_version.h"
#include "polytask/report/evaluation_text.h"
#include "polytask/task/kind_traits.h"

namespace polytask {
namespace {

void add_if_finite(Json& object, const char* key,
                   const std::optional<double>& value) {
  if (value && std::isfinite(*value)) object[key] = *value;
}

Json number_json(const Number& number) {
  Json object;
  object["value"] = nullptr;
  add_if_finite(object, "value", number.value);
  add_if_finite(object, "baseline", number.baseline);
  add_if_finite(object, "low", number.low);
  add_if_finite(object, "high", number.high);
  object["n"] = number.n;
  if (object["value"].is_null()) {
    const bool not_finite = number.value && !std::isfinite(*number.value);
    object["reason"] = not_finite              ? "not finite"
                       : number.reason.empty() ? "undefined (n = 0)"
                                               : number.reason;
  }
  return object;
}

// Counts are written as integers.
Json count_json(std::int64_t count, std::int64_t n) {
  Json object;
  object["value"] = count;
  object["n"] = n;
  return object;
}

bool is_count(std::string_view name) {
  return name == "support" || name == "missing";
}

Json numbers_json(const NamedNumbers& numbers) {
  Json object = Json::object();
  for (const auto& [name, number] : numbers) {
    object[name] = is_count(name) && number.value
                       ? count_json(std::llround(*number.value), number.n)
                       : number_json(number);
  }
  return object;
}

Json label_json(const LabelEvaluation& label) {
  Json object = numbers_json(label.numbers);
  const ConfusionMatrix& cells = label.confusion;
  const std::int64_t n = cells.observed();
  object["true_negative"] = count_json(cells.true_negative, n);
  object["false_positive"] = count_json(cells.false_positive, n);
  object["false_negative"] = count_json(cells.false_negative, n);
  object["true_positive"] = count_json(cells.true_positive, n);
  return object;
}

// Whether the epoch was chosen on them is null where no one knows.
Json images_json(const Evaluation& evaluation) {
  switch (evaluation.part) {
    case ImagesPart::given:
      return {{"part", "given"},
              {"chose_epoch", nullptr},
              {"n", evaluation.images}};
    case ImagesPart::validation:
      return {{"part", "validation"},
              {"chose_epoch", true},
              {"n", evaluation.images}};
    case ImagesPart::test:
      break;
  }
  return {{"part", "test"}, {"chose_epoch", false}, {"n", evaluation.images}};
}

}  // namespace

std::string evaluation_json(const Evaluation& evaluation) {
  Json document{{"version", kDocumentVersion}};
  document["images"] = images_json(evaluation);
  document["loss"] = number_json(evaluation.loss);
  document["tasks"] = Json::object();
  for (const TaskEvaluation& task : evaluation.tasks) {
    Json& object = document["tasks"][task.task];
    object["kind"] = task.kind;
    object["metrics"] = numbers_json(task.metrics);
    const KindTraits* const kind = kind_named(task.kind);
    const bool counts_answers =
        kind != nullptr && kind->form != AnswerForm::numbers;
    if (counts_answers) {
      object["never_answered"] = task.never_answered;
      object["do_not_occur"] = task.do_not_occur;
    }
    object["labels"] = Json::object();
    for (const LabelEvaluation& label : task.labels) {
      object["labels"][label.label] =
          counts_answers ? label_json(label) : numbers_json(label.numbers);
    }
    if (!task.confusion.empty()) object["confusion"] = task.confusion;
  }
  return document.text(2) + '\n';
}

}  // namespace polytask
