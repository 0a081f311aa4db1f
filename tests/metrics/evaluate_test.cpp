#include "polytask/metrics/evaluate.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <random>

#include "polytask/metrics/bootstrap.h"
#include "tests/metrics/example.h"
#include "tests/support/expect_error.h"

namespace polytask {
namespace {

constexpr float kNaN = std::numeric_limits<float>::quiet_NaN();

// Owns what an input only points to.
struct Problem {
  std::vector<float> probabilities{}, targets{};
  std::vector<std::string> labels{};
  std::vector<double> prior{};

  [[nodiscard]] MultilabelInput input() const {
    return {.task = "scene",
            .labels = labels,
            .probabilities = probabilities,
            .targets = targets,
            .prior = prior};
  }
  [[nodiscard]] TaskEvaluation evaluated(int resamples = 0) const {
    return evaluate_multilabel(input(), {.resamples = resamples});
  }
};

Problem example() {
  return {.probabilities = test::kExampleProbabilities,
          .targets = test::kExampleTargets,
          .labels = {"a", "b", "c", "d", "e"}};
}

Problem random_problem(std::size_t rows, std::size_t labels, double missing) {
  std::mt19937 rng(7);
  std::uniform_real_distribution<float> uniform;
  Problem problem;
  for (std::size_t l = 0; l < labels; ++l) {
    problem.labels.push_back("label " + std::to_string(l));
  }
  for (std::size_t i = 0; i < rows * labels; ++i) {
    const bool yes = uniform(rng) < 0.3f;
    problem.probabilities.push_back(0.7f * uniform(rng) + (yes ? 0.3f : 0.0f));
    problem.targets.push_back(uniform(rng) < missing ? kNaN : yes);
  }
  return problem;
}

Number find(const NamedNumbers& numbers, const std::string& name) {
  for (const auto& [found, number] : numbers) {
    if (found == name) return number;
  }
  ADD_FAILURE() << "no number " << name;
  return {};
}

// All that does not depend on the draws.
void expect_same_values(const NamedNumbers& a, const NamedNumbers& b) {
  ASSERT_EQ(a.size(), b.size());
  for (std::size_t i = 0; i < a.size(); ++i) {
    SCOPED_TRACE(a[i].first);
    EXPECT_EQ(a[i].first, b[i].first);
    EXPECT_EQ(a[i].second.value, b[i].second.value);
    EXPECT_EQ(a[i].second.baseline, b[i].second.baseline);
    EXPECT_EQ(a[i].second.n, b[i].second.n);
  }
}

void expect_same_values(const TaskEvaluation& a, const TaskEvaluation& b) {
  expect_same_values(a.metrics, b.metrics);
  ASSERT_EQ(a.labels.size(), b.labels.size());
  for (std::size_t l = 0; l < a.labels.size(); ++l) {
    expect_same_values(a.labels[l].numbers, b.labels[l].numbers);
  }
}

// The training knew other images: those of the evaluation do not choose what
// they are judged beside.
TEST(EvaluateMultilabel, SetAndFirstLabelAreTheTrainings) {
  const std::vector<float> targets{1, 0, 1, 0, 1, 0, 0, 1};
  const std::vector<float> probabilities(8, 0.75f);
  const TaskEvaluation found =
      evaluate_multilabel({.task = "scene",
                           .labels = {"sea", "sky"},
                           .probabilities = probabilities,
                           .targets = targets,
                           .prior = {0.25, 0.75},
                           .first_label = {0.25, 0.75},
                           .label_set = {0, 1}},
                          {.resamples = 0});
  EXPECT_EQ(find(found.metrics, "argmax_accuracy").baseline, 0.25);
  EXPECT_EQ(find(found.metrics, "subset_accuracy").baseline, 0.25);
}

TEST(EvaluateMultilabel, RankingOfTheExample) {
  const TaskEvaluation task = example().evaluated();
  const auto value = [&](const char* name) {
    return *find(task.metrics, name).value;
  };
  EXPECT_NEAR(value("macro_average_precision"), .9277777778, 1e-9);
  EXPECT_NEAR(value("micro_average_precision"), .8105741481, 1e-9);
  EXPECT_NEAR(value("label_ranking_average_precision"), .7916666667, 1e-9);
  EXPECT_NEAR(value("macro_roc_auc"), .9566666667, 1e-9);
  EXPECT_NEAR(value("micro_roc_auc"), .9326018809, 1e-9);
  EXPECT_NEAR(value("argmax_accuracy"), .75, 1e-12);
  EXPECT_NEAR(value("macro_f1"), .76, 1e-12);
}

TEST(EvaluateMultilabel, LabelsOfTheExample) {
  const TaskEvaluation task = example().evaluated();
  const double precisions[] = {1, 1, .8333333333, .8055555556, 1};
  const double areas[] = {1, 1, .9166666667, .8666666667, 1};
  for (std::size_t l = 0; l < 5; ++l) {
    const NamedNumbers& numbers = task.labels[l].numbers;
    EXPECT_NEAR(*find(numbers, "average_precision").value, precisions[l], 1e-9);
    EXPECT_NEAR(*find(numbers, "roc_auc").value, areas[l], 1e-9);
  }
  const ConfusionMatrix& c = task.labels[2].confusion;
  EXPECT_EQ(c.true_negative, 5);
  EXPECT_EQ(c.false_positive, 1);
  EXPECT_EQ(c.false_negative, 0);
  EXPECT_EQ(c.true_positive, 2);
}

TEST(EvaluateMultilabel, NamesAreThePromisedOnesInOrder) {
  const TaskEvaluation task = example().evaluated();
  std::vector<std::string> metrics, of_label;
  for (const auto& [name, number] : task.metrics) metrics.push_back(name);
  for (const auto& [name, number] : task.labels[0].numbers) {
    of_label.push_back(name);
  }
  EXPECT_EQ(task.task, "scene");
  EXPECT_EQ(task.kind, "multilabel");
  EXPECT_EQ(metrics,
            (std::vector<std::string>{
                "argmax_accuracy", "label_accuracy", "subset_accuracy",
                "hamming_loss", "one_error", "micro_precision", "micro_recall",
                "micro_f1", "macro_precision", "macro_recall", "macro_f1",
                "weighted_precision", "weighted_recall", "weighted_f1",
                "macro_average_precision", "micro_average_precision",
                "label_ranking_average_precision", "macro_roc_auc",
                "micro_roc_auc"}));
  EXPECT_EQ(of_label, (std::vector<std::string>{
                          "precision", "recall", "f1", "average_precision",
                          "roc_auc", "label_accuracy", "support", "prevalence",
                          "missing", "threshold"}));
}

TEST(EvaluateMultilabel, BaselinesOfTheExample) {
  // Supports 2 2 2 3 2 of 8; first labels a b c e a b c d; no set twice but
  // none is more frequent than once.
  const TaskEvaluation task = example().evaluated();
  const auto baseline = [&](const char* name) {
    return *find(task.metrics, name).baseline;
  };
  EXPECT_NEAR(baseline("argmax_accuracy"), 2.0 / 8, 1e-12);
  EXPECT_NEAR(baseline("label_accuracy"), 29.0 / 40, 1e-12);
  EXPECT_NEAR(baseline("hamming_loss"), 11.0 / 40, 1e-12);
  EXPECT_NEAR(baseline("subset_accuracy"), 1.0 / 8, 1e-12);
  EXPECT_NEAR(baseline("one_error"), 5.0 / 8, 1e-12);
  EXPECT_NEAR(baseline("micro_precision"), 11.0 / 40, 1e-12);
  EXPECT_NEAR(baseline("micro_recall"), 1.0, 1e-12);
  EXPECT_NEAR(baseline("micro_f1"), 2 * (11.0 / 40) / (1 + 11.0 / 40), 1e-12);
  EXPECT_NEAR(baseline("macro_average_precision"), 11.0 / 40, 1e-12);
  EXPECT_NEAR(baseline("macro_roc_auc"), 0.5, 1e-12);
  // By prior: d (3 of 8), then the others as equals (8 of 32).
  EXPECT_NEAR(baseline("micro_average_precision"),
              3.0 / 11 * 3 / 8 + 8.0 / 11 * 11 / 40, 1e-12);
}

TEST(EvaluateMultilabel, LabelBaselinesAreThoseOfAlwaysYes) {
  const TaskEvaluation task = example().evaluated();
  const NamedNumbers& d = task.labels[3].numbers;
  const double p = 3.0 / 8;
  EXPECT_NEAR(*find(d, "precision").baseline, p, 1e-12);
  EXPECT_NEAR(*find(d, "recall").baseline, 1.0, 1e-12);
  EXPECT_NEAR(*find(d, "f1").baseline, 2 * p / (1 + p), 1e-12);
  EXPECT_NEAR(*find(d, "average_precision").baseline, p, 1e-12);
  EXPECT_NEAR(*find(d, "roc_auc").baseline, 0.5, 1e-12);
  EXPECT_NEAR(*find(d, "label_accuracy").baseline, 1 - p, 1e-12);
}

TEST(EvaluateMultilabel, BaselinesUseThePriorOfTraining) {
  // In training label b was in most images, so the constant answer is yes.
  Problem problem{.probabilities = {.1f, .1f, .1f, .1f},
                  .targets = {1, 0, 1, 0},
                  .labels = {"a", "b"},
                  .prior = {0.25, 0.75}};
  const TaskEvaluation task = problem.evaluated();
  EXPECT_EQ(find(task.metrics, "label_accuracy").baseline, 0.0);
  EXPECT_EQ(find(task.metrics, "one_error").baseline, 1.0);
  problem.prior = {};
  EXPECT_EQ(find(problem.evaluated().metrics, "label_accuracy").baseline, 1.0);
  problem.prior = {0.25, std::numeric_limits<double>::quiet_NaN()};
  EXPECT_EQ(find(problem.evaluated().metrics, "label_accuracy").baseline, 0.5);
}

TEST(EvaluateMultilabel, SubsetBaselineIsTheMostFrequentSet) {
  const Problem problem{.probabilities = std::vector<float>(10, .1f),
                        .targets = {1, 0, 0, 1, 1, 0, 0, 1, 1, 1},
                        .labels = {"a", "b"}};
  EXPECT_EQ(find(problem.evaluated().metrics, "subset_accuracy").baseline, 0.4);
}

TEST(EvaluateMultilabel, BaselineStandsWhereTheValueIsUndefined) {
  const Problem problem{
      .probabilities = {.1f, .1f}, .targets = {1, 0}, .labels = {"a"}};
  const Number precision =
      find(problem.evaluated().labels[0].numbers, "precision");
  EXPECT_EQ(precision.value, std::nullopt);
  EXPECT_EQ(precision.n, 0);
  EXPECT_EQ(precision.baseline, 0.5);
}

TEST(EvaluateMultilabel, MissingLabelsAreCountedAndInNoCell) {
  const Problem problem{.probabilities = {.9f, .9f, .9f},
                        .targets = {1, kNaN, kNaN},
                        .labels = {"a"}};
  const LabelEvaluation label = problem.evaluated().labels[0];
  EXPECT_EQ(find(label.numbers, "missing").value, 2.0);
  EXPECT_EQ(find(label.numbers, "support").value, 1.0);
  EXPECT_EQ(find(label.numbers, "prevalence").value, 1.0);
  EXPECT_EQ(label.confusion.observed(), 1);
}

TEST(EvaluateMultilabel, AllImagesMissingIsUndefinedEverywhere) {
  const Problem problem{.probabilities = {.9f, .2f, .3f, .4f},
                        .targets = std::vector<float>(4, kNaN),
                        .labels = {"a", "b"}};
  for (const auto& [name, number] : problem.evaluated(50).metrics) {
    SCOPED_TRACE(name);
    EXPECT_EQ(number.value, std::nullopt);
    EXPECT_EQ(number.baseline, std::nullopt);
    EXPECT_EQ(number.low, std::nullopt);
    EXPECT_EQ(number.n, 0);
    EXPECT_NE(number.reason, "");
  }
}

TEST(EvaluateMultilabel, NoImagesIsUndefinedNotAnError) {
  const Problem problem{.labels = {"a"}};
  EXPECT_EQ(find(problem.evaluated(50).metrics, "macro_f1").value,
            std::nullopt);
}

TEST(EvaluateMultilabel, ImagesWithoutLabelsChangeNoValue) {
  Problem problem = random_problem(50, 3, 0.3);
  const TaskEvaluation before = problem.evaluated();
  problem.probabilities.insert(problem.probabilities.begin(), {.1f, .9f, .5f});
  problem.targets.insert(problem.targets.begin(), 3, kNaN);
  TaskEvaluation after = problem.evaluated();
  for (LabelEvaluation& label : after.labels) {
    for (auto& [name, number] : label.numbers) {
      if (name != "missing") continue;
      *number.value -= 1.0;
      number.n -= 1;
    }
  }
  expect_same_values(after, before);
}

TEST(EvaluateMultilabel, OrderOfTheImagesChangesNoValue) {
  const Problem problem = random_problem(80, 3, 0.2);
  std::vector<std::size_t> order(80);
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::shuffle(order, std::mt19937(3));
  Problem shuffled = problem;
  for (std::size_t i = 0; i < order.size(); ++i) {
    for (std::size_t l = 0; l < 3; ++l) {
      shuffled.probabilities[i * 3 + l] =
          problem.probabilities[order[i] * 3 + l];
      shuffled.targets[i * 3 + l] = problem.targets[order[i] * 3 + l];
    }
  }
  // Rows of the ranking are added up in their order: equal to rounding.
  TaskEvaluation a = problem.evaluated(), b = shuffled.evaluated();
  for (TaskEvaluation* task : {&a, &b}) {
    for (auto& [name, number] : task->metrics) {
      if (name != "label_ranking_average_precision") continue;
      number.value = std::round(*number.value * 1e12);
      number.baseline = std::round(*number.baseline * 1e12);
    }
  }
  expect_same_values(a, b);
}

TEST(EvaluateMultilabel, IntervalsHoldTheirValues) {
  const TaskEvaluation task = random_problem(100, 4, 0.2).evaluated(200);
  for (const auto& [name, number] : task.metrics) {
    SCOPED_TRACE(name);
    EXPECT_LE(*number.low, *number.value);
    EXPECT_GE(*number.high, *number.value);
    EXPECT_LT(*number.low, *number.high);
  }
}

TEST(EvaluateMultilabel, IntervalOfAnAccuracyIsThatOfItsMean) {
  const Problem problem{.probabilities = {.9f, .9f, .9f, .1f, .1f, .9f, .9f},
                        .targets = {1, 1, 0, 1, 0, 1, 1},
                        .labels = {"a"}};
  const Number accuracy =
      find(problem.evaluated(300).metrics, "subset_accuracy");
  const Number mean = mean_with_interval(
      std::vector<double>{1, 1, 0, 0, 1, 1, 1}, {.resamples = 300});
  EXPECT_EQ(accuracy.value, mean.value);
  EXPECT_EQ(accuracy.low, mean.low);
  EXPECT_EQ(accuracy.high, mean.high);
}

TEST(EvaluateMultilabel, DoublingEveryImageKeepsEveryRatio) {
  Problem problem = random_problem(40, 3, 0.2);
  const TaskEvaluation once = problem.evaluated();
  const Problem copy = problem;
  problem.probabilities.insert(problem.probabilities.end(),
                               copy.probabilities.begin(),
                               copy.probabilities.end());
  problem.targets.insert(problem.targets.end(), copy.targets.begin(),
                         copy.targets.end());
  const TaskEvaluation twice = problem.evaluated();
  for (std::size_t m = 0; m < once.metrics.size(); ++m) {
    SCOPED_TRACE(once.metrics[m].first);
    EXPECT_NEAR(*once.metrics[m].second.value, *twice.metrics[m].second.value,
                1e-12);
  }
}

TEST(EvaluateMultilabel, SameSeedSameIntervals) {
  const Problem problem = random_problem(30, 2, 0.0);
  const TaskEvaluation a = problem.evaluated(100), b = problem.evaluated(100);
  for (std::size_t m = 0; m < a.metrics.size(); ++m) {
    EXPECT_EQ(a.metrics[m].second.low, b.metrics[m].second.low);
    EXPECT_EQ(a.metrics[m].second.high, b.metrics[m].second.high);
  }
}

TEST(EvaluateMultilabel, ReportsEveryMisfitAtOnce) {
  test::expect_error(
      Fault::shape,
      "evaluation of task 'scene':\n"
      "  - expected as many probabilities as targets, a multiple of 2 labels, "
      "found 4 and 3\n"
      "  - expected no thresholds or one per label (2), found 1\n"
      "  - expected thresholds from 0 to 1, found 7\n"
      "  - expected different labels, found 'a' twice",
      [] {
        Problem problem{.probabilities = std::vector<float>(4),
                        .targets = std::vector<float>(3),
                        .labels = {"a", "a"}};
        MultilabelInput input = problem.input();
        input.thresholds = {7.0};
        (void)evaluate_multilabel(input);
      });
}

TEST(EvaluateMultilabel, RefusesATaskWithoutLabels) {
  test::expect_error(Fault::shape,
                     "evaluation of task 'scene':\n"
                     "  - expected at least 1 label, found 0",
                     [] { (void)Problem{}.evaluated(); });
}

TEST(EvaluateMultilabel, NamesImageAndLabelOfWhatIsNoProbability) {
  test::expect_error(
      Fault::data,
      "evaluation of task 'scene':\n"
      "  - image 0, label 'b': expected a probability from 0 to 1, found nan\n"
      "  - image 1, label 'a': expected target 0, 1 or NaN (missing), found "
      "-1",
      [] {
        const Problem problem{.probabilities = {.1f, kNaN, .2f, .3f},
                              .targets = {0, 1, -1, 1},
                              .labels = {"a", "b"}};
        (void)problem.evaluated();
      });
}

TEST(EvaluateMultilabel, NamesTheFirstProblemsAndCountsTheRest) {
  test::expect_error_parts(
      Fault::data, {"image 4, label 'a'", "and 3 more"}, [] {
        const Problem problem{.probabilities = std::vector<float>(8, 2.0f),
                              .targets = std::vector<float>(8),
                              .labels = {"a"}};
        (void)problem.evaluated();
      });
}

TEST(BaselineLoss, OfTheOwnPriorIsTheSumOfTheEntropies) {
  const Problem problem{.probabilities = std::vector<float>(4),
                        .targets = {1, 1, 0, 1},
                        .labels = {"a", "b"}};
  // a: 1 of 2, b: 2 of 2 (clipped).
  EXPECT_NEAR(*baseline_loss(problem.input()), std::log(2.0), 1e-6);
}

// Without a prior, the share of the answers that are there.
TEST(BaselineLoss, AMissingLabelIsNoNo) {
  const Problem problem{.probabilities = std::vector<float>(4),
                        .targets = {1, 1, 0, kNaN},
                        .labels = {"a"}};
  EXPECT_NEAR(*baseline_loss(problem.input()), 0.6365141683, 1e-9);
}

TEST(BaselineLoss, IsTheLossOfPredictingThePrior) {
  const Problem problem{.probabilities = std::vector<float>(4),
                        .targets = {1, 0, 0, kNaN},
                        .labels = {"a", "b"},
                        .prior = {0.5, 0.25}};
  const double mean = (-2 * std::log(0.5) - std::log(0.75)) / 3;
  EXPECT_NEAR(*baseline_loss(problem.input()), 2 * mean, 1e-12);
}

TEST(BaselineLoss, OfNothingIsAbsent) {
  const Problem problem{
      .probabilities = {.5f}, .targets = {kNaN}, .labels = {"a"}};
  EXPECT_EQ(baseline_loss(problem.input()), std::nullopt);
}

}  // namespace
}  // namespace polytask
