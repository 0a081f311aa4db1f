#include "polytask/metrics/evaluate_numbers.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "polytask/metrics/evaluate_classes.h"
#include "tests/support/expect_error.h"

namespace polytask {
namespace {

constexpr float kNaN = std::numeric_limits<float>::quiet_NaN();

const Number& number(const NamedNumbers& all, const std::string& name) {
  for (const auto& [found, value] : all) {
    if (found == name) return value;
  }
  ADD_FAILURE() << "no " << name;
  static const Number none;
  return none;
}

// scikit-learn 1.2.1 for y = 3, -0.5, 2, 7 and p = 2.5, 0, 2, 8.
TEST(EvaluateNumbers, AreScikitLearns) {
  const std::vector<float> targets{3, -0.5, 2, kNaN, 7};
  const std::vector<float> answers{2.5, 0, 2, 99, 8};
  const TaskEvaluation found = evaluate_numbers({.task = "distance",
                                                 .outputs = {"distance"},
                                                 .answers = answers,
                                                 .targets = targets,
                                                 .means = {3.0},
                                                 .medians = {2.0}});
  EXPECT_EQ(found.kind, "regression");
  const Number& mae = number(found.metrics, "mean_absolute_error");
  EXPECT_DOUBLE_EQ(mae.value.value(), 0.5);
  EXPECT_DOUBLE_EQ(mae.baseline.value(), 8.5 / 4);  // of the median, 2
  EXPECT_EQ(mae.n, 4);
  EXPECT_LE(mae.low.value(), 0.5);
  EXPECT_GE(mae.high.value(), 0.5);
  EXPECT_DOUBLE_EQ(
      number(found.metrics, "root_mean_squared_error").value.value(),
      std::sqrt(0.375));
  EXPECT_NEAR(number(found.metrics, "r2").value.value(), 0.9486081370449679,
              1e-14);
}

TEST(EvaluateNumbers, SeveralNumbersAreKeptApart) {
  const std::vector<float> targets{1, 10, 2, 30, 3, 20};
  const std::vector<float> answers{1, 20, 2, 20, 3, 20};
  const TaskEvaluation found = evaluate_numbers({.task = "size",
                                                 .outputs = {"w", "h"},
                                                 .answers = answers,
                                                 .targets = targets});
  EXPECT_EQ(found.labels[0].label, "w");
  EXPECT_EQ(number(found.labels[0].numbers, "r2").value, 1.0);
  EXPECT_EQ(number(found.labels[1].numbers, "r2").value, 0.0);
  EXPECT_EQ(number(found.metrics, "macro_r2").value, 0.5);
  for (const LabelEvaluation& label : found.labels) {
    EXPECT_EQ(number(label.numbers, "r2").baseline, 0.0) << label.label;
  }
  EXPECT_EQ(number(found.labels[0].numbers, "mean_absolute_error").baseline,
            2.0 / 3);
  EXPECT_EQ(number(found.labels[1].numbers, "mean_absolute_error").baseline,
            20.0 / 3);
}

TEST(EvaluateNumbers, MacroR2IsTheMeanOfThoseThatAreDefined) {
  const std::vector<float> targets{5, 10, 5, 30, 5, 20};
  const TaskEvaluation found = evaluate_numbers({.task = "size",
                                                 .outputs = {"w", "h"},
                                                 .answers = targets,
                                                 .targets = targets});
  EXPECT_EQ(number(found.labels[0].numbers, "r2").value, std::nullopt);
  EXPECT_EQ(number(found.metrics, "macro_r2").value, 1.0);
  EXPECT_EQ(number(found.metrics, "macro_r2").baseline, 0.0);
}

// The training's means, 2 and 30, miss the evaluated ones, 2 and 20: r2 of
// 1 - 2 / 2 and 1 - 500 / 200.
TEST(EvaluateNumbers, MacroR2IsBesideWhatTheTrainingsMeansReach) {
  const std::vector<float> targets{1, 10, 2, 30, 3, 20};
  const TaskEvaluation found = evaluate_numbers({.task = "size",
                                                 .outputs = {"w", "h"},
                                                 .answers = targets,
                                                 .targets = targets,
                                                 .means = {2, 30},
                                                 .medians = {2, 30}});
  EXPECT_EQ(number(found.labels[0].numbers, "r2").baseline, 0.0);
  EXPECT_EQ(number(found.labels[1].numbers, "r2").baseline, -1.5);
  EXPECT_EQ(number(found.metrics, "macro_r2").value, 1.0);
  EXPECT_EQ(number(found.metrics, "macro_r2").baseline, -0.75);
}

// Mean 2 and median 1 are not one another's: |y - 1| of 0, 0, 3 and (y - 2)^2
// of 1, 1, 4.
TEST(EvaluateNumbers, MedianIsForAbsoluteErrorsAndMeanForSquares) {
  const std::vector<float> targets{1, 1, 4};
  const TaskEvaluation found = evaluate_numbers({.task = "people",
                                                 .count = true,
                                                 .outputs = {"people"},
                                                 .answers = targets,
                                                 .targets = targets});
  const auto baseline = [&](const char* name) {
    return number(found.metrics, name).baseline.value();
  };
  EXPECT_EQ(baseline("mean_absolute_error"), 1.0);
  EXPECT_DOUBLE_EQ(baseline("root_mean_squared_error"), std::sqrt(2.0));
  EXPECT_DOUBLE_EQ(baseline("exact_accuracy"), 2.0 / 3);
}

// Of an even number the middle two, halved.
TEST(EvaluateNumbers, MedianOfAnEvenNumberLiesBetween) {
  const std::vector<float> targets{0, 1, 3, 20};
  const TaskEvaluation found = evaluate_numbers(
      {.task = "t", .outputs = {"t"}, .answers = targets, .targets = targets});
  EXPECT_EQ(number(found.metrics, "mean_absolute_error").baseline,
            (2 + 1 + 1 + 18) / 4.0);
}

TEST(EvaluateNumbers, AnUnknownMedianIsNoBaseline) {
  const std::vector<float> targets{1, 1, 4};
  const TaskEvaluation found = evaluate_numbers({.task = "people",
                                                 .count = true,
                                                 .outputs = {"people"},
                                                 .answers = targets,
                                                 .targets = targets,
                                                 .means = {2},
                                                 .medians = {std::nan("")}});
  EXPECT_EQ(number(found.metrics, "mean_absolute_error").baseline,
            std::nullopt);
  EXPECT_EQ(number(found.metrics, "within_one_accuracy").baseline,
            std::nullopt);
  EXPECT_TRUE(number(found.metrics, "root_mean_squared_error").baseline);
}

TEST(EvaluateNumbers, EqualTargetsHaveNoR2) {
  const std::vector<float> targets{5, 5, 5};
  const TaskEvaluation found = evaluate_numbers(
      {.task = "t", .outputs = {"t"}, .answers = targets, .targets = targets});
  EXPECT_FALSE(number(found.metrics, "r2").value.has_value());
  EXPECT_EQ(number(found.metrics, "r2").reason, "the targets are all equal");
}

// sklearn.metrics.mean_poisson_deviance([2, 0, 1, 4], [.5, .5, 2, 2])
TEST(EvaluateNumbers, CountsHaveAccuraciesAndADeviance) {
  const std::vector<float> targets{2, 0, 1, 4};
  const std::vector<float> answers{0.5, 0.4, 2, 2};
  const TaskEvaluation found = evaluate_numbers({.task = "people",
                                                 .count = true,
                                                 .outputs = {"people"},
                                                 .answers = answers,
                                                 .targets = targets});
  EXPECT_EQ(found.kind, "count");
  EXPECT_EQ(number(found.metrics, "exact_accuracy").value, 0.25);
  EXPECT_EQ(number(found.metrics, "within_one_accuracy").value, 0.75);
  const double deviance = 2.0 *
                          (2 * std::log(4.0) - 1.5 + 0.4 +
                           (std::log(0.5) + 1.0) + 4 * std::log(2.0) - 2.0) /
                          4.0;
  EXPECT_NEAR(number(found.metrics, "poisson_deviance").value.value(), deviance,
              1e-7);
}

// 9 of 19 are the most frequent class: a mean over the answered classes alone
// would be .474; scikit-learn says .158.
TEST(EvaluateClasses, MajorityIsNotPreciseForItsSilence) {
  std::vector<float> targets(9, 1.0f);
  targets.insert(targets.end(), 6, 0.0f);
  targets.insert(targets.end(), 4, 2.0f);
  const std::vector<int> answered(19, 1);
  const std::vector<float> probabilities(19 * 4, 0.25f);
  const TaskEvaluation found =
      evaluate_classes({.task = "weather",
                        .classes = {"a", "b", "c", "d"},
                        .probabilities = probabilities,
                        .answered = answered,
                        .targets = targets});
  for (const auto& [name, expected] :
       {std::pair("macro_precision", 9.0 / 19 / 3),
        std::pair("weighted_precision", 9.0 / 19 * 9 / 19)}) {
    EXPECT_NEAR(*number(found.metrics, name).value, expected, 1e-12) << name;
    EXPECT_NEAR(*number(found.metrics, name).baseline, expected, 1e-12) << name;
  }
  EXPECT_EQ(found.never_answered, 2);  // a and c
  EXPECT_EQ(found.do_not_occur, 1);    // d
  EXPECT_EQ(number(found.labels[0].numbers, "precision").value, std::nullopt);
}

ClassesInput four_images(const std::vector<float>& probabilities,
                         const std::vector<int>& answered,
                         const std::vector<float>& targets) {
  return {.task = "weather",
          .classes = {"a", "b", "c"},
          .probabilities = probabilities,
          .answered = answered,
          .targets = targets,
          .prior = {0.2, 0.5, 0.3}};
}

const std::vector<float> kThirds(18, 1.0f / 3);

// scikit-learn 1.2.1 for y = 0 1 2 2 1 and p = 0 2 2 1 1; one label missing.
TEST(EvaluateClasses, AreScikitLearns) {
  const std::vector<int> answered{0, 2, 0, 2, 1, 1};
  const std::vector<float> targets{0, 1, kNaN, 2, 2, 1};
  const TaskEvaluation found =
      evaluate_classes(four_images(kThirds, answered, targets));
  EXPECT_EQ(found.kind, "categorical");
  const auto value = [&](const char* name) {
    return number(found.metrics, name).value.value();
  };
  EXPECT_DOUBLE_EQ(value("top_1_accuracy"), 0.6);
  EXPECT_NEAR(value("balanced_accuracy"), 2.0 / 3, 1e-15);
  EXPECT_NEAR(value("macro_f1"), 2.0 / 3, 1e-15);
  EXPECT_NEAR(value("weighted_f1"), 0.6, 1e-15);
  EXPECT_NEAR(value("cohen_kappa"), 0.375, 1e-15);
  EXPECT_NEAR(value("log_loss"), std::log(3.0), 1e-7);
  const Number& accuracy = number(found.metrics, "top_1_accuracy");
  EXPECT_EQ(accuracy.baseline, 0.4);  // always b
  EXPECT_EQ(accuracy.n, 5);
  // -(ln .2 + 2 ln .5 + 2 ln .3) / 5
  EXPECT_NEAR(*number(found.metrics, "log_loss").baseline, 1.0807355764, 1e-9);
  EXPECT_EQ(found.confusion, (std::vector<std::vector<std::int64_t>>{
                                 {1, 0, 0}, {0, 1, 1}, {0, 1, 1}}));
  EXPECT_EQ(number(found.labels[2].numbers, "missing").value, 1.0);
  EXPECT_EQ(found.labels[2].confusion.false_positive, 1);
}

TEST(EvaluateClasses, OrdinalErrorsHaveADistance) {
  const std::vector<int> answered{0, 2, 2, 0};
  const std::vector<float> targets{0, 0, 1, 2};
  ClassesInput input =
      four_images({kThirds.data(), kThirds.data() + 12}, answered, targets);
  const std::vector<float> probabilities(12, 1.0f / 3);
  input.probabilities = probabilities;
  input.ordinal = true;
  const TaskEvaluation found = evaluate_classes(input);
  EXPECT_EQ(found.kind, "ordinal");
  EXPECT_EQ(number(found.metrics, "mean_absolute_error").value, 1.25);
  EXPECT_EQ(number(found.metrics, "within_one_accuracy").value, 0.5);
  // sklearn.metrics.cohen_kappa_score(weights="quadratic")
  EXPECT_NEAR(number(found.metrics, "quadratic_weighted_kappa").value.value(),
              1.0 - 9.0 * 4 / 28.0, 1e-12);
  EXPECT_EQ(number(found.metrics, "mean_absolute_error").baseline, 0.75);
  EXPECT_EQ(found.confusion, (std::vector<std::vector<std::int64_t>>{
                                 {1, 0, 1}, {0, 0, 1}, {1, 0, 0}}));
}

// Class a is the most frequent one of the training, b the median.
TEST(EvaluateClasses, TheConstantAnswerOfAnOrdinalTaskIsTheMedian) {
  const std::vector<int> answered{0, 0, 0, 0};
  const std::vector<float> targets{0, 1, 1, 2};
  const std::vector<float> probabilities(12, 1.0f / 3);
  ClassesInput input = four_images(probabilities, answered, targets);
  input.prior = {0.4, 0.3, 0.3};
  EXPECT_EQ(number(evaluate_classes(input).metrics, "top_1_accuracy").baseline,
            0.25);
  input.ordinal = true;
  const TaskEvaluation found = evaluate_classes(input);
  EXPECT_EQ(number(found.metrics, "top_1_accuracy").baseline, 0.5);
  EXPECT_EQ(number(found.metrics, "mean_absolute_error").baseline, 0.5);
}

TEST(EvaluateClasses, WithoutAnyTargetEverythingIsUndefined) {
  const std::vector<int> answered{0, 1};
  const std::vector<float> targets{kNaN, kNaN};
  const std::vector<float> probabilities(6, 1.0f / 3);
  const TaskEvaluation found =
      evaluate_classes(four_images(probabilities, answered, targets));
  for (const auto& [name, value] : found.metrics) {
    EXPECT_FALSE(value.value.has_value()) << name;
    EXPECT_EQ(value.reason, "nothing observed");
  }
}

TEST(EvaluateClasses, LengthsThatDoNotFitAreRefused) {
  const std::vector<int> answered{0};
  const std::vector<float> targets{0, 1};
  test::expect_error(
      Fault::shape,
      "task weather: expected 2 images with probabilities of 3 classes, an "
      "answer each and a prior of them, got 18, 1 and 3 numbers",
      [&] { (void)evaluate_classes(four_images(kThirds, answered, targets)); });
}

}  // namespace
}  // namespace polytask
