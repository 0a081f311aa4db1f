// The numbers of scikit-learn, problem by problem;
// tests/golden/make_metrics_golden.py made them.

#include <gtest/gtest.h>

#include <fstream>
#include <limits>
#include <nlohmann/json.hpp>

#include "polytask/metrics/evaluate.h"
#include "polytask/metrics/evaluate_classes.h"
#include "tests/support/places.h"

namespace polytask {
namespace {

using nlohmann::json;

// Sums of at most a few hundred terms, in another order than NumPy's.
constexpr double kRounding = 1e-10;

json golden() {
  std::ifstream file(test::source_path("tests/golden/metrics.json"));
  return json::parse(file);
}

std::vector<float> flat(const json& rows) {
  std::vector<float> values;
  for (const json& row : rows) {
    for (const json& v : row) {
      values.push_back(v.is_null() ? std::numeric_limits<float>::quiet_NaN()
                                   : v.get<float>());
    }
  }
  return values;
}

// Returns how many numbers of `expected` were compared.
std::size_t expect_numbers(const json& expected, const NamedNumbers& found) {
  std::size_t compared = 0;
  for (const auto& [name, number] : found) {
    if (!expected.contains(name)) continue;
    SCOPED_TRACE(name);
    ++compared;
    const json& value = expected[name];
    EXPECT_EQ(number.value.has_value(), !value.is_null());
    EXPECT_EQ(number.n == 0, value.is_null());
    EXPECT_EQ(number.reason.empty(), number.value.has_value());
    if (!number.value || value.is_null()) continue;
    EXPECT_NEAR(*number.value, value.get<double>(), kRounding);
  }
  return compared;
}

TEST(MetricsGolden, EveryNumberEqualsScikitLearns) {
  const json problems = golden().at("problems");
  EXPECT_EQ(problems.size(), 9u);
  for (const json& problem : problems) {
    SCOPED_TRACE(problem["name"]);
    const std::vector<float> targets = flat(problem["targets"]);
    const std::vector<float> probabilities = flat(problem["probabilities"]);
    MultilabelInput input{
        .task = "golden",
        .probabilities = probabilities,
        .targets = targets,
        .thresholds = problem["thresholds"].get<std::vector<double>>()};
    for (std::size_t l = 0; l < input.thresholds.size(); ++l) {
      input.labels.push_back("label " + std::to_string(l));
    }
    const TaskEvaluation task = evaluate_multilabel(input, {.resamples = 0});
    EXPECT_EQ(expect_numbers(problem["metrics"], task.metrics), 19u);
    ASSERT_EQ(task.labels.size(), problem["labels"].size());
    for (std::size_t l = 0; l < task.labels.size(); ++l) {
      SCOPED_TRACE(task.labels[l].label);
      json expected = problem["labels"][l];
      EXPECT_EQ(task.labels[l].confusion.support(), expected["support"]);
      expected.erase("support");
      EXPECT_EQ(expect_numbers(expected, task.labels[l].numbers), 6u);
    }
  }
}

TEST(MetricsGolden, MeansOverClassesAreScikitLearns) {
  const json problems = golden().at("classes");
  EXPECT_EQ(problems.size(), 5u);
  for (const json& problem : problems) {
    SCOPED_TRACE(problem["name"]);
    const std::vector<float> targets = flat(json::array({problem["targets"]}));
    const auto answered = problem["answered"].get<std::vector<int>>();
    const auto classes = problem["classes"].get<std::size_t>();
    const std::vector<float> probabilities(targets.size() * classes,
                                           1.0f / static_cast<float>(classes));
    const TaskEvaluation task =
        evaluate_classes({.task = "golden",
                          .classes = std::vector<std::string>(classes, "c"),
                          .probabilities = probabilities,
                          .answered = answered,
                          .targets = targets},
                         {.resamples = 0});
    EXPECT_EQ(expect_numbers(problem["metrics"], task.metrics), 9u);
    EXPECT_EQ(task.never_answered, problem["never_answered"]);
    EXPECT_EQ(task.do_not_occur, problem["do_not_occur"]);
  }
}

}  // namespace
}  // namespace polytask
