#include "polytask/report/evaluation_text.h"

#include <gtest/gtest.h>

#include <limits>
#include <nlohmann/json.hpp>
#include <sstream>

#include "polytask/metrics/evaluate.h"

namespace polytask {
namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

// Two labels; the second is never true and never answered.
Evaluation small() {
  LabelEvaluation sea{
      .label = "sea",
      .confusion = {.true_negative = 4,
                    .false_positive = 1,
                    .false_negative = 2,
                    .true_positive = 3},
      .numbers = {{"precision", {.value = 0.75, .baseline = 0.5, .n = 4}},
                  {"recall", {.value = 0.6, .baseline = 1.0, .n = 5}},
                  {"f1", {.value = 0.6667, .baseline = 0.6154, .n = 6}},
                  {"support", {.value = 5.0, .n = 10}},
                  {"missing", {.value = 2.0, .n = 12}}}};
  LabelEvaluation sunset{
      .label = "Bäume",
      .confusion = {.true_negative = 12},
      .numbers = {{"precision", {.reason = "never answered yes"}},
                  {"recall", {.reason = "no observed positive"}},
                  {"f1", {}},
                  {"support", {.value = 0.0, .n = 12}},
                  {"missing", {.value = 0.0, .n = 12}}}};
  return {.loss = {.value = 1.5,
                   .baseline = 2.7895,
                   .low = 1.25,
                   .high = 1.75,
                   .n = 12},
          .images = 12,
          .tasks = {{.task = "scene",
                     .kind = "multilabel",
                     .metrics = {{"argmax_accuracy",
                                  {.value = 0.625,
                                   .baseline = 0.25,
                                   .low = 0.5,
                                   .high = 0.75,
                                   .n = 12}},
                                 {"macro_roc_auc", {.baseline = 0.5}}},
                     .labels = {sea, sunset}}}};
}

std::vector<std::string> lines_of(const std::string& text) {
  std::istringstream in(text);
  std::vector<std::string> lines;
  for (std::string line; std::getline(in, line);) lines.push_back(line);
  return lines;
}

TEST(EvaluationTable, SaysWhetherTheImagesChoseTheEpoch) {
  Evaluation evaluation = small();
  evaluation.part = ImagesPart::validation;
  EXPECT_TRUE(evaluation_table(evaluation)
                  .starts_with("evaluated on the 12 images of the validation "
                               "part. The epoch was chosen on\nthem: expect "
                               "less of other images\n\n"));
  evaluation.part = ImagesPart::test;
  EXPECT_TRUE(evaluation_table(evaluation)
                  .starts_with("evaluated on the 12 images of the test part: "
                               "none was trained on, no epoch\nchosen by "
                               "them\n\n"));
}

TEST(EvaluationJson, SaysWhetherTheImagesChoseTheEpoch) {
  Evaluation evaluation = small();
  const auto chose = [&] {
    return nlohmann::json::parse(
        evaluation_json(evaluation))["images"]["chose_epoch"];
  };
  EXPECT_EQ(chose(), nullptr);
  evaluation.part = ImagesPart::validation;
  EXPECT_EQ(chose(), true);
  evaluation.part = ImagesPart::test;
  EXPECT_EQ(chose(), false);
}

TEST(EvaluationTable, SaysWhatTheMeansMakeOfTheSilent) {
  Evaluation evaluation = small();
  const std::string none = evaluation_table(evaluation);
  EXPECT_EQ(none.find("never answered"), std::string::npos);
  EXPECT_EQ(none.find("do not occur"), std::string::npos);
  evaluation.tasks[0].never_answered = 2;
  evaluation.tasks[0].do_not_occur = 1;
  const std::string text = evaluation_table(evaluation);
  EXPECT_NE(text.find("  occur, never answered: 2; 0 in macro and weighted "
                      "precision\n"
                      "  do not occur: 1; left out of means of precision and "
                      "recall\n"),
            std::string::npos)
      << text;
}

TEST(EvaluationJson, SaysWhatTheMeansMakeOfTheSilent) {
  Evaluation evaluation = small();
  evaluation.tasks[0].never_answered = 2;
  evaluation.tasks[0].do_not_occur = 1;
  const auto task =
      nlohmann::json::parse(evaluation_json(evaluation))["tasks"]["scene"];
  EXPECT_EQ(task["never_answered"], 2);
  EXPECT_EQ(task["do_not_occur"], 1);
}

TEST(EvaluationTable, IsWhatPeopleRead) {
  EXPECT_EQ(evaluation_table(small()),
            R"(evaluated on 12 images

                                      value  baseline    95 % interval      n
  loss                               1.5000    2.7895  1.2500 - 1.7500     12

task scene (multilabel)

  metric                              value  baseline    95 % interval      n
  argmax_accuracy                    0.6250    0.2500  0.5000 - 0.7500     12
  macro_roc_auc                    undefined (n = 0), baseline 0.5000

  label         precision     recall         f1   baseline    support    missing
  sea              0.7500     0.6000     0.6667     0.6154          5          2
  Bäume         undefined  undefined  undefined  undefined          0          0
  baseline: f1 of always answering yes
  undefined (n = 0): nothing it could be computed from

  label             true no,      true no,     true yes,     true yes,
                   answer no    answer yes     answer no    answer yes
  sea                      4             1             2             3
  Bäume                   12             0             0             0
)");
}

TEST(EvaluationTable, FitsEightyColumns) {
  const std::vector<float> p(30, .25f), y(30, 1.0f);
  Evaluation evaluation{.loss = {.value = 12345.6789, .n = 100000}};
  evaluation.tasks.push_back(
      evaluate_multilabel({.task = "t",
                           .labels = {"desert", "mountains", "sea"},
                           .probabilities = p,
                           .targets = y}));
  for (const std::string& line : lines_of(evaluation_table(evaluation))) {
    EXPECT_LE(line.size(), 80u) << line;
  }
}

TEST(EvaluationTable, NamesCannotCommandTheTerminal) {
  Evaluation evaluation = small();
  evaluation.tasks[0].labels[0].label = "\x1b[2Jsea\n";
  evaluation.tasks[0].task = "a\rb";
  const std::string text = evaluation_table(evaluation);
  EXPECT_EQ(text.find('\x1b'), std::string::npos);
  EXPECT_EQ(text.find('\r'), std::string::npos);
  EXPECT_NE(text.find("?[2Jsea? "), std::string::npos);
}

TEST(EvaluationTable, LossThatIsNotFiniteIsSaid) {
  Evaluation evaluation = small();
  evaluation.loss = {.n = 12, .reason = "not finite"};
  EXPECT_NE(evaluation_table(evaluation)
                .find("loss                             not finite\n"),
            std::string::npos);
}

TEST(EvaluationJson, HasThePromisedShape) {
  const auto document = nlohmann::json::parse(evaluation_json(small()));
  EXPECT_EQ(document["loss"],
            nlohmann::json::parse(R"({"value": 1.5, "baseline": 2.7895,
                "low": 1.25, "high": 1.75, "n": 12})"));
  const auto& task = document["tasks"]["scene"];
  EXPECT_EQ(task["kind"], "multilabel");
  EXPECT_EQ(task["metrics"]["argmax_accuracy"]["value"], 0.625);
  EXPECT_EQ(task["metrics"]["argmax_accuracy"]["low"], 0.5);
  EXPECT_EQ(task["labels"]["sea"]["precision"]["baseline"], 0.5);
  EXPECT_EQ(document["version"], 2);
  EXPECT_EQ(document["images"]["n"], 12);
  EXPECT_EQ(document.size(), 4u);
}

TEST(EvaluationJson, ConfusionMatrixIsFourIntegers) {
  const auto sea = nlohmann::json::parse(
      evaluation_json(small()))["tasks"]["scene"]["labels"]["sea"];
  for (const auto& [name, count] :
       std::vector<std::pair<std::string, int>>{{"true_negative", 4},
                                                {"false_positive", 1},
                                                {"false_negative", 2},
                                                {"true_positive", 3},
                                                {"support", 5},
                                                {"missing", 2}}) {
    EXPECT_TRUE(sea[name]["value"].is_number_integer()) << name;
    EXPECT_EQ(sea[name]["value"], count);
  }
  EXPECT_EQ(sea["true_positive"]["n"], 10);
}

TEST(EvaluationJson, UndefinedIsNullWithAReason) {
  const auto labels = nlohmann::json::parse(
      evaluation_json(small()))["tasks"]["scene"]["labels"];
  EXPECT_EQ(labels["Bäume"]["precision"],
            nlohmann::json::parse(
                R"({"value": null, "n": 0, "reason": "never answered yes"})"));
  EXPECT_EQ(labels["Bäume"]["f1"]["reason"], "undefined (n = 0)");
}

TEST(EvaluationJson, NeverHoldsWhatIsNotFinite) {
  Evaluation evaluation = small();
  evaluation.loss = {.value = kNaN,
                     .baseline = kNaN,
                     .low = kNaN,
                     .high = std::numeric_limits<double>::infinity(),
                     .n = 3};
  const auto document = nlohmann::json::parse(evaluation_json(evaluation));
  EXPECT_EQ(document["loss"],
            nlohmann::json::parse(
                R"({"value": null, "n": 3, "reason": "not finite"})"));
}

TEST(EvaluationJson, KeepsTheOrderOfTheEvaluation) {
  const std::string text = evaluation_json(small());
  EXPECT_LT(text.find("argmax_accuracy"), text.find("macro_roc_auc"));
  EXPECT_LT(text.find("\"sea\""), text.find("\"Bäume\""));
}

TEST(EvaluationJson, NamesThatAreNotUtf8StayValid) {
  Evaluation evaluation = small();
  evaluation.tasks[0].labels[0].label = "\xff";
  EXPECT_TRUE(nlohmann::json::accept(evaluation_json(evaluation)));
}

}  // namespace
}  // namespace polytask
