#include "polytask/task/multi_task_loss.h"

#include <gtest/gtest.h>

#include <cmath>
#include <fstream>
#include <limits>
#include <nlohmann/json.hpp>
#include <numbers>

#include "tests/support/expect_error.h"
#include "tests/support/gradient.h"
#include "tests/support/places.h"

namespace polytask {
namespace {

using Floats = std::vector<float>;
constexpr float kNaN = std::numeric_limits<float>::quiet_NaN();
constexpr float kInfinity = std::numeric_limits<float>::infinity();
constexpr double kLn2 = std::numbers::ln2;

// One call on literals; the gradient starts as NaN.
struct Evaluated {
  Floats diff;
  LossValue value;
};

Evaluated on_logits(const Floats& z, const Floats& y, int labels) {
  Evaluated e{.diff = Floats(z.size(), kNaN)};
  e.value = multi_task_loss_on_logits(z, y, labels, e.diff);
  return e;
}

Evaluated on_probabilities(const Floats& p, const Floats& y, int labels) {
  Evaluated e{.diff = Floats(p.size(), kNaN)};
  e.value = multi_task_loss(p, y, labels, e.diff);
  return e;
}

// Both forms keep the rules for missing labels; tests of those run on both.
constexpr auto kForms = {&on_logits, &on_probabilities};

TEST(MultiTaskLoss, UndecidedCostsLn2ForEachLabel) {
  const Floats y{0, 1, 1, 0, 1};
  EXPECT_NEAR(on_logits(Floats(5, 0.0f), y, 5).value.loss, 3.4657359028, 1e-10);
  EXPECT_NEAR(on_probabilities(Floats(5, 0.5f), y, 5).value.loss, 3.4657359028,
              1e-10);
}

TEST(MultiTaskLoss, SumsOverLabelsAndAveragesOverImages) {
  const LossValue value = on_logits({0, 0, 1000, -1000}, {0, 1, 1, 0}, 2).value;
  EXPECT_NEAR(value.loss, 2 * kLn2 / 2, 1e-12);
  EXPECT_NEAR(value.weighted_sum, 2 * kLn2, 1e-12);
  EXPECT_EQ(value.observed, 4.0);
}

TEST(MultiTaskLoss, GradientOfLogitsIsProbabilityMinusTargetPerImage) {
  EXPECT_EQ(on_logits({0, 0, 0, 0}, {0, 1, 1, 0}, 2).diff,
            (Floats{0.25f, -0.25f, -0.25f, 0.25f}));
}

TEST(MultiTaskLoss, HugeLogitsAreExact) {
  EXPECT_EQ(on_logits({1000}, {0}, 1).value.loss, 1000.0);
  EXPECT_EQ(on_logits({1000}, {1}, 1).value.loss, 0.0);
  EXPECT_EQ(on_logits({-1000}, {0}, 1).value.loss, 0.0);
  EXPECT_EQ(on_logits({-1000}, {1}, 1).value.loss, 1000.0);
  EXPECT_EQ(on_logits({1000, -1000}, {0, 1}, 2).diff, (Floats{1, -1}));
}

TEST(MultiTaskLoss, NotANumberStaysVisible) {
  EXPECT_TRUE(std::isnan(on_logits({kNaN}, {1}, 1).value.loss));
  EXPECT_TRUE(std::isnan(on_probabilities({kNaN}, {1}, 1).value.loss));
  EXPECT_FALSE(std::isfinite(on_logits({kInfinity}, {0}, 1).value.loss));
}

// -log(1e-7): what one label can cost at most.
TEST(MultiTaskLoss, ClippingCapsTheCostOfALabel) {
  EXPECT_NEAR(on_probabilities({0}, {1}, 1).value.loss, 16.11809565, 1e-8);
  EXPECT_NEAR(on_probabilities({1}, {0}, 1).value.loss, 16.11809565, 1e-8);
  EXPECT_NEAR(on_probabilities({1e-9f}, {1}, 1).value.loss, 16.11809565, 1e-8);
}

TEST(MultiTaskLoss, ClippingLeavesALittleCostToTheRightAnswer) {
  EXPECT_NEAR(on_probabilities({0}, {0}, 1).value.loss, 1e-7, 1e-13);
  EXPECT_NEAR(on_probabilities({1}, {1}, 1).value.loss, 1e-7, 1e-13);
}

TEST(MultiTaskLoss, NoGradientWhereTheClippingHolds) {
  EXPECT_EQ(on_probabilities({0, 1, 1e-8f}, {1, 0, 1}, 1).diff,
            (Floats{0, 0, 0}));
}

TEST(MultiTaskLoss, NothingObservedIsZeroNotNaN) {
  for (const auto& form : kForms) {
    const Evaluated e = form({0.3f, 0.9f}, {kNaN, -1.0f}, 2);
    EXPECT_EQ(e.value.loss, 0.0);
    EXPECT_EQ(e.value.observed, 0.0);
    EXPECT_EQ(e.diff, (Floats{0, 0}));
  }
}

TEST(MultiTaskLoss, NoImagesAtAllIsZero) {
  for (const auto& form : kForms) EXPECT_EQ(form({}, {}, 5).value.loss, 0.0);
}

TEST(MultiTaskLoss, MinusOneAndNaNAreTheSameMissing) {
  for (const auto& form : kForms) {
    const Evaluated nan = form({0.3f, 0.9f, 0.6f}, {1, kNaN, 0}, 3);
    const Evaluated minus = form({0.3f, 0.9f, 0.6f}, {1, -1, 0}, 3);
    EXPECT_EQ(nan.value.loss, minus.value.loss);
    EXPECT_EQ(nan.diff, minus.diff);
    EXPECT_EQ(nan.value.observed, 2.0);
  }
}

TEST(MultiTaskLoss, PredictionOfAMissingLabelIsNeverRead) {
  for (const auto& form : kForms) {
    const Evaluated e = form({0.3f, kNaN}, {1, kNaN}, 2);
    EXPECT_EQ(e.value.loss, form({0.3f, 0.3f}, {1, -1}, 2).value.loss);
    EXPECT_EQ(e.diff[1], 0.0f);
  }
}

// Missing is not false: a target of 0 costs, a missing one does not.
TEST(MultiTaskLoss, MissingIsNotZero) {
  for (const auto& form : kForms) {
    EXPECT_NE(form({0.3f, 0.9f}, {1, 0}, 2).value.loss,
              form({0.3f, 0.9f}, {1, -1}, 2).value.loss);
  }
}

// With W = 3 of K N = 4: 2 / 3 of the sum, by hand.
TEST(MultiTaskLoss, IsLabelsTimesTheMeanOverObservedLabels) {
  const LossValue value = on_logits({0, 0, 0, 5}, {0, 1, 1, kNaN}, 2).value;
  EXPECT_EQ(value.observed, 3.0);
  EXPECT_NEAR(value.weighted_sum, 3 * kLn2, 1e-12);
  EXPECT_NEAR(value.loss, 2 * kLn2, 1e-12);
}

TEST(MultiTaskLoss, ImageWithoutAnyLabelChangesNothing) {
  for (const auto& form : kForms) {
    const Evaluated one = form({0.3f, 0.9f}, {1, 0}, 2);
    const Evaluated three = form({0.3f, 0.9f, 0.1f, 0.2f, 0.7f, 0.8f},
                                 {1, 0, kNaN, kNaN, -1, -1}, 2);
    EXPECT_EQ(three.value.loss, one.value.loss);
    EXPECT_EQ(three.diff, (Floats{one.diff[0], one.diff[1], 0, 0, 0, 0}));
  }
}

TEST(MultiTaskLoss, SizeDoesNotDependOnHowManyAreMissing) {
  const Floats z(40, 0.7f);
  for (std::size_t missing = 0; missing < z.size(); ++missing) {
    Floats y(40, 1.0f);
    for (std::size_t i = 0; i < missing; ++i) y[i] = kNaN;
    EXPECT_NEAR(on_logits(z, y, 5).value.loss, 5 * std::log1p(std::exp(-0.7)),
                1e-6);
  }
}

// All patterns of two images with two labels, each false, true or missing.
TEST(MultiTaskLoss, EveryPatternOfMissingLabelsEqualsItsDefinition) {
  const Floats z{0.5f, -1.25f, 2.0f, 0.0f};
  const Floats choices{0.0f, 1.0f, kNaN};
  for (std::size_t pattern = 0; pattern < 81; ++pattern) {
    Floats y;
    double sum = 0.0;
    double observed = 0.0;
    for (std::size_t i = 0, rest = pattern; i < 4; ++i, rest /= 3) {
      y.push_back(choices[rest % 3]);
      if (std::isnan(y[i])) continue;
      const double p = 1.0 / (1.0 + std::exp(-double{z[i]}));
      sum += y[i] == 1.0f ? -std::log(p) : -std::log(1.0 - p);
      observed += 1.0;
    }
    const double expected = observed == 0.0 ? 0.0 : 2.0 / observed * sum;
    EXPECT_NEAR(on_logits(z, y, 2).value.loss, expected, 1e-12);
  }
}

TEST(MultiTaskLoss, GradientByLogitsEqualsFiniteDifferences) {
  const Floats z{-3.0f, -0.4f, 0.0f, 0.7f, 5.0f, 1.0f};
  const Floats y{0.0f, 1.0f, 0.3f, 1.0f, 0.0f, kNaN};
  test::expect_gradient(
      [&](std::span<const float> at) {
        return multi_task_loss_on_logits(at, y, 3).loss;
      },
      z, on_logits(z, y, 3).diff, 1e-4);
}

TEST(MultiTaskLoss, GradientByProbabilitiesEqualsFiniteDifferences) {
  const Floats p{0.1f, 0.4f, 0.5f, 0.7f, 0.9f, 0.2f};
  const Floats y{0.0f, 1.0f, 0.3f, 1.0f, 0.0f, kNaN};
  test::expect_gradient(
      [&](std::span<const float> at) { return multi_task_loss(at, y, 3).loss; },
      p, on_probabilities(p, y, 3).diff, 1e-4, 1e-3);
}

TEST(MultiTaskLoss, BothFormsAgree) {
  const Floats z{-3.0f, -0.4f, 0.0f, 0.7f, 5.0f, 1.0f};
  const Floats y{0.0f, 1.0f, 0.0f, 1.0f, 0.0f, kNaN};
  Floats p;
  for (const float logit : z) p.push_back(sigmoid(logit));
  const Evaluated logits = on_logits(z, y, 3);
  const Evaluated probabilities = on_probabilities(p, y, 3);
  EXPECT_NEAR(logits.value.loss, probabilities.value.loss, 1e-5);
  for (std::size_t i = 0; i < z.size(); ++i) {
    const float slope = p[i] * (1.0f - p[i]);  // dp / dz
    EXPECT_NEAR(logits.diff[i], probabilities.diff[i] * slope, 1e-5);
  }
}

// Keras computed these in doubles, so only our rounding of the gradient to
// float remains.
TEST(MultiTaskLoss, EqualsKeras) {
  std::ifstream file(test::source_path("tests/golden/keras_loss.json"));
  const auto golden = nlohmann::json::parse(file);
  const Floats p = golden["probabilities"];
  const Floats y = golden["targets"];
  const std::vector<double> gradient = golden["gradient"];
  const Evaluated e = on_probabilities(p, y, golden["labels"]);
  EXPECT_NEAR(e.value.loss, double{golden["loss"]}, 1e-12);
  for (std::size_t i = 0; i < p.size(); ++i) {
    EXPECT_NEAR(e.diff[i], gradient[i], 1e-6 * std::abs(gradient[i]))
        << "element " << i;
  }
}

TEST(MultiTaskLoss, GradientIsOptional) {
  const Floats z{0.5f, 2.0f};
  const Floats y{1.0f, 0.0f};
  EXPECT_EQ(multi_task_loss_on_logits(z, y, 2).loss,
            on_logits(z, y, 2).value.loss);
}

TEST(MultiTaskLoss, LengthsThatDoNotFitAreNamed) {
  const Floats two(2);
  const Floats three(3);
  Floats one(1);
  test::expect_error(
      Fault::shape,
      "multi_task_loss: expected predictions, targets and gradient [N, 2], "
      "got 2, 3 and 0 numbers",
      [&] { (void)multi_task_loss(two, three, 2); });
  test::expect_error(
      Fault::shape,
      "multi_task_loss_on_logits: expected predictions, targets and gradient "
      "[N, 2], got 3, 3 and 0 numbers",
      [&] { (void)multi_task_loss_on_logits(three, three, 2); });
  test::expect_error(
      Fault::shape,
      "multi_task_loss: expected predictions, targets and gradient [N, 2], "
      "got 2, 2 and 1 numbers",
      [&] { (void)multi_task_loss(two, two, 2, one); });
  test::expect_error(
      Fault::shape,
      "multi_task_loss: expected predictions, targets and gradient [N, 0], "
      "got 2, 2 and 0 numbers",
      [&] { (void)multi_task_loss(two, two, 0); });
}

TEST(Sigmoid, KnownValues) {
  EXPECT_EQ(sigmoid(0.0f), 0.5f);
  EXPECT_FLOAT_EQ(sigmoid(std::log(3.0f)), 0.75f);
  EXPECT_FLOAT_EQ(sigmoid(-std::log(3.0f)), 0.25f);
}

TEST(Sigmoid, NeverOverflows) {
  EXPECT_EQ(sigmoid(1e30f), 1.0f);
  EXPECT_EQ(sigmoid(-1e30f), 0.0f);
  EXPECT_EQ(sigmoid(kInfinity), 1.0f);
  EXPECT_EQ(sigmoid(-kInfinity), 0.0f);
}

TEST(Sigmoid, SmallProbabilitiesKeepTheirDigits) {
  EXPECT_NEAR(sigmoid(-50.0f) / 1.9287498e-22, 1.0, 1e-6);
}

TEST(Sigmoid, EqualsThePlainFormulaAndItsMirror) {
  for (float z = -20.0f; z <= 20.0f; z += 0.37f) {
    const double expected = 1.0 / (1.0 + std::exp(-double{z}));
    EXPECT_NEAR(sigmoid(z), expected, 6e-8);
    EXPECT_NEAR(sigmoid(z) + sigmoid(-z), 1.0, 1.2e-7);
  }
}

}  // namespace
}  // namespace polytask
