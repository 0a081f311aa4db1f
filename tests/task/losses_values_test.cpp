// Every loss by hand: its value and its gradient, where logits are ordinary and
// where they are as large as a training gone wrong makes them.

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <set>

#include "polytask/model/model_settings.h"
#include "polytask/task/losses.h"
#include "tests/support/expect_error.h"

namespace polytask {
namespace {

constexpr float kNaN = std::numeric_limits<float>::quiet_NaN();
const double kLn2 = std::log(2.0);
const double kLn4 = std::log(4.0);
const double kLn43 = std::log(4.0 / 3.0);
const double kE2 = std::exp(-2.0);

// One image with one target.
struct ByHand {
  const char* name;
  LossOptions loss;
  std::vector<float> logits;
  float target;
  double value;
  std::vector<double> gradient;
};

void expect_by_hand(const std::vector<ByHand>& all) {
  for (const ByHand& c : all) {
    SCOPED_TRACE(c.name);
    std::vector<float> diff(c.logits.size(), kNaN);
    const LossValue found =
        task_loss(c.loss, c.logits, std::vector<float>{c.target}, {}, 1,
                  static_cast<int>(c.logits.size()), diff);
    EXPECT_NEAR(found.loss, c.value, 1e-7 * (1.0 + std::abs(c.value)));
    ASSERT_EQ(diff.size(), c.gradient.size());
    for (std::size_t i = 0; i < diff.size(); ++i) {
      EXPECT_NEAR(diff[i], c.gradient[i],
                  1e-7 * (1.0 + std::abs(c.gradient[i])))
          << "logit " << i;
    }
  }
}

// Every kind is in a list, so that a new one cannot be forgotten.
void expect_every_kind(const std::vector<ByHand>& all) {
  std::set<LossKind> seen;
  for (const ByHand& c : all) seen.insert(c.loss.kind);
  for (const auto& [name, kind] : names_of(LossKind{})) {
    EXPECT_TRUE(seen.contains(kind)) << name;
  }
}

// z = log 3: p = 3/4. The classes of log 1, log 2, log 5: 1/8, 2/8, 5/8.
const float kLogit = std::log(3.0f);
const std::vector<float> kClasses{0.0f, std::log(2.0f), std::log(5.0f)};

std::vector<ByHand> ordinary_labels() {
  const LossOptions weighted{.positive_weights = {3.0}};
  const LossOptions smooth{.label_smoothing = 0.2};
  const LossOptions both{.label_smoothing = 0.2, .positive_weights = {3.0}};
  const LossOptions focal{.kind = LossKind::focal};
  const LossOptions asymmetric{.kind = LossKind::asymmetric};
  const LossOptions unclipped{.kind = LossKind::asymmetric, .clip = 0.0};
  const double ln_03 = -std::log(0.3);
  return {
      {"yes", {}, {kLogit}, 1, kLn43, {-0.25}},
      {"no", {}, {kLogit}, 0, kLn4, {0.75}},
      {"weighted yes", weighted, {kLogit}, 1, 3 * kLn43, {-0.75}},
      {"weighted no", weighted, {kLogit}, 0, kLn4, {0.75}},
      {"smooth yes", smooth, {kLogit}, 1, 0.9 * kLn43 + 0.1 * kLn4, {-0.15}},
      {"smooth no", smooth, {kLogit}, 0, 0.1 * kLn43 + 0.9 * kLn4, {0.65}},
      {"both", both, {kLogit}, 1, 2.7 * kLn43 + 0.1 * kLn4, {-0.6}},
      {"focal yes",
       focal,
       {kLogit},
       1,
       kLn43 / 16,
       {-2.0 / 16 * 0.75 * kLn43 - 1.0 / 64}},
      {"focal no",
       focal,
       {kLogit},
       0,
       9 * kLn4 / 16,
       {2 * 9.0 / 16 * 0.25 * kLn4 + 27.0 / 64}},
      {"focal 0 is cross-entropy",
       {.kind = LossKind::focal, .gamma = 0.0},
       {kLogit},
       0,
       kLn4,
       {0.75}},
      {"asymmetric yes",
       asymmetric,
       {kLogit},
       1,
       kLn43 / 4,
       {-0.1875 * kLn43 - 1.0 / 16}},
      {"asymmetric no",
       asymmetric,
       {kLogit},
       0,
       0.2401 * ln_03,
       {0.1875 * (4 * 0.343 * ln_03 + 0.2401 / 0.3)}},
      {"asymmetric without clip",
       unclipped,
       {kLogit},
       0,
       81.0 / 256 * kLn4,
       {0.1875 * (4 * 27.0 / 64 * kLn4 + 81.0 / 256 / 0.25)}},
  };
}

std::vector<ByHand> ordinary_classes() {
  const LossOptions plain{.kind = LossKind::categorical_crossentropy};
  const LossOptions smooth{.kind = LossKind::categorical_crossentropy,
                           .label_smoothing = 0.3};
  const LossOptions weighted{.kind = LossKind::categorical_crossentropy,
                             .class_weights = {1.0, 7.0, 1.0}};
  const LossOptions cumulative{.kind = LossKind::cumulative};
  const LossOptions corn{.kind = LossKind::corn};
  const double ln8 = 3 * kLn2;
  const std::vector<double> gradient{0.125, -0.75, 0.625};
  return {
      {"class", plain, kClasses, 1, kLn4, gradient},
      {"a weight alone divides out", weighted, kClasses, 1, kLn4, gradient},
      {"smooth class",
       smooth,
       kClasses,
       1,
       0.1 * ln8 + 0.8 * kLn4 - 0.1 * std::log(0.625),
       {0.025, -0.55, 0.525}},
      {"cumulative", cumulative, {kLogit, 0.0f}, 1, kLn43 + kLn2, {-0.25, 0.5}},
      {"corn asks both steps",
       corn,
       {kLogit, 0.0f},
       1,
       (kLn43 + kLn2) / 2,
       {-0.125, 0.25}},
      {"corn asks the first step alone",
       corn,
       {kLogit, 0.0f},
       0,
       kLn4,
       {0.75, 0.0}},
      {"corn at the last class",
       corn,
       {kLogit, 0.0f},
       2,
       (kLn43 + kLn2) / 2,
       {-0.125, -0.25}},
  };
}

std::vector<ByHand> ordinary_numbers() {
  const LossOptions gaussian{.kind = LossKind::gaussian};
  const LossOptions huber{.kind = LossKind::huber, .delta = 2.0};
  return {
      {"squared", {.kind = LossKind::squared_error}, {3}, 1, 4, {4}},
      {"absolute above", {.kind = LossKind::absolute_error}, {3}, 1, 2, {1}},
      {"absolute below", {.kind = LossKind::absolute_error}, {-3}, 1, 4, {-1}},
      {"absolute at 0", {.kind = LossKind::absolute_error}, {1}, 1, 0, {0}},
      {"huber inside", huber, {2}, 1, 0.5, {1}},
      {"huber at its edge", huber, {3}, 1, 2, {2}},
      {"huber outside", huber, {-4}, 1, 8, {-2}},
      {"gaussian",
       gaussian,
       {3, 2},
       1,
       (2 + 4 * kE2) / 2,
       {2 * kE2, (1 - 4 * kE2) / 2}},
      {"gaussian beyond its variances",
       gaussian,
       {3, 20},
       1,
       (10 + 4 * std::exp(-10.0)) / 2,
       {2 * std::exp(-10.0), 0}},
      {"poisson",
       {.kind = LossKind::poisson},
       {1},
       4,
       std::exp(1.0) - 8 + 4 * kLn4,
       {std::exp(1.0) - 4}},
      {"poisson of one",
       {.kind = LossKind::poisson},
       {1},
       1,
       std::exp(1.0) - 2,
       {std::exp(1.0) - 1}},
      {"poisson of none",
       {.kind = LossKind::poisson},
       {1},
       0,
       std::exp(1.0),
       {std::exp(1.0)}},
      {"poisson at its best",
       {.kind = LossKind::poisson},
       {std::log(4.0f)},
       4,
       0,
       {0}},
  };
}

std::vector<ByHand> joined(std::vector<std::vector<ByHand>> lists) {
  std::vector<ByHand> all;
  for (const auto& list : lists)
    all.insert(all.end(), list.begin(), list.end());
  return all;
}

TEST(TaskLossByHand, ValuesAndGradientsOfOrdinaryLogits) {
  const auto all =
      joined({ordinary_labels(), ordinary_classes(), ordinary_numbers()});
  expect_every_kind(all);
  expect_by_hand(all);
}

std::vector<ByHand> huge_labels() {
  const LossOptions weighted{.positive_weights = {3.0}};
  const LossOptions focal{.kind = LossKind::focal};
  const LossOptions asymmetric{.kind = LossKind::asymmetric};
  const LossOptions unclipped{.kind = LossKind::asymmetric, .clip = 0.0};
  return {
      {"sure and right", {}, {1000}, 1, 0, {0}},
      {"sure and wrong", {}, {1000}, 0, 1000, {1}},
      {"sure no, wrong", {}, {-1000}, 1, 1000, {-1}},
      {"sure no, right", {}, {-1000}, 0, 0, {0}},
      {"weighted", weighted, {-1000}, 1, 3000, {-3}},
      {"focal right", focal, {1000}, 1, 0, {0}},
      {"focal wrong", focal, {1000}, 0, 1000, {1}},
      {"focal no, wrong", focal, {-1000}, 1, 1000, {-1}},
      {"asymmetric yes, wrong", asymmetric, {-1000}, 1, 1000, {-1}},
      {"asymmetric no, right", asymmetric, {-1000}, 0, 0, {0}},
      // The clip is a ceiling: the answer is 1, and nothing moves it.
      {"asymmetric no, wrong",
       asymmetric,
       {1000},
       0,
       std::pow(0.95, 4) * -std::log(0.05),
       {0}},
      {"unclipped no, wrong", unclipped, {1000}, 0, 1000, {1}},
      {"unclipped no, right", unclipped, {-1000}, 0, 0, {0}},
  };
}

std::vector<ByHand> huge_classes() {
  const LossOptions plain{.kind = LossKind::categorical_crossentropy};
  const LossOptions smooth{.kind = LossKind::categorical_crossentropy,
                           .label_smoothing = 0.5};
  const LossOptions cumulative{.kind = LossKind::cumulative};
  const LossOptions corn{.kind = LossKind::corn};
  return {
      {"right class", plain, {1000, 0}, 0, 0, {0, 0}},
      {"wrong class", plain, {1000, -1000}, 1, 2000, {1, -1}},
      {"equal classes", plain, {1000, 1000}, 1, kLn2, {0.5, -0.5}},
      {"smooth class", smooth, {1000, 0}, 0, 250, {0.25, -0.25}},
      {"cumulative low", cumulative, {1000, -1000}, 0, 1000, {1, 0}},
      {"cumulative high", cumulative, {1000, -1000}, 2, 1000, {0, -1}},
      {"corn low", corn, {1000, -1000}, 0, 1000, {1, 0}},
      {"corn high", corn, {1000, -1000}, 2, 500, {0, -0.5}},
  };
}

std::vector<ByHand> huge_numbers() {
  const LossOptions gaussian{.kind = LossKind::gaussian};
  const double e10 = std::exp(10.0);
  return {
      {"squared", {.kind = LossKind::squared_error}, {1000}, 0, 1e6, {2000}},
      {"squared", {.kind = LossKind::squared_error}, {-1000}, 0, 1e6, {-2000}},
      {"absolute", {.kind = LossKind::absolute_error}, {1000}, 0, 1000, {1}},
      {"absolute", {.kind = LossKind::absolute_error}, {-1000}, 0, 1000, {-1}},
      {"huber", {.kind = LossKind::huber}, {1000}, 0, 999.5, {1}},
      {"huber", {.kind = LossKind::huber}, {-1000}, 0, 999.5, {-1}},
      {"gaussian mean", gaussian, {1000, 0}, 0, 5e5, {1000, (1.0 - 1e6) / 2}},
      {"gaussian variance", gaussian, {0, 1000}, 0, 5, {0, 0}},
      {"gaussian certainty", gaussian, {0, -1000}, 0, -5, {0, 0}},
      {"gaussian both",
       gaussian,
       {-1000, -1000},
       0,
       (1e6 * e10 - 10) / 2,
       {-1000 * e10, 0}},
      {"poisson",
       {.kind = LossKind::poisson},
       {1000},
       1,
       std::exp(30.0) - 31,
       {0}},
      {"poisson",
       {.kind = LossKind::poisson},
       {-1000},
       4,
       4000 - 4 + 4 * kLn4,
       {-4}},
  };
}

TEST(TaskLossByHand, ValuesAndGradientsOfAThousand) {
  const auto all = joined({huge_labels(), huge_classes(), huge_numbers()});
  expect_every_kind(all);
  expect_by_hand(all);
}

// Two images, of which one has an answer that weighs three times the other's.
TEST(TaskLossByHand, ClassWeightsStandInTheMean) {
  const LossOptions loss{.kind = LossKind::categorical_crossentropy,
                         .class_weights = {1.0, 3.0}};
  std::vector<float> diff(4);
  const LossValue found =
      task_loss(loss, std::vector<float>{kLogit, 0.0f, kLogit, 0.0f},
                std::vector<float>{0, 1}, {}, 1, 2, diff);
  EXPECT_NEAR(found.loss, (kLn43 + 3 * kLn4) / 4, 1e-7);
  EXPECT_NEAR(diff[0], -0.25 / 4, 1e-7);
  EXPECT_NEAR(diff[2], 3 * 0.75 / 4, 1e-7);
  EXPECT_EQ(found.observed, 4.0);
}

TEST(TaskLossByHand, APoissonLossIsNeverNegative) {
  const LossOptions loss{.kind = LossKind::poisson};
  for (const float y : {0.0f, 1.0f, 3.0f, 50.0f, 4000.0f}) {
    for (const float z : {-20.0f, 0.0f, 1.1f, 4.0f, 8.3f, 29.0f, 40.0f}) {
      const LossValue found = task_loss(loss, std::vector<float>{z},
                                        std::vector<float>{y}, {}, 1, 1);
      EXPECT_GE(found.loss, -1e-9) << z << ' ' << y;
    }
  }
}

TEST(TaskLossByHand, AClassThatIsNoneIsRefused) {
  const LossOptions loss{.kind = LossKind::categorical_crossentropy,
                         .class_weights = {1.0, 2.0, 1.0}};
  for (const auto& [target, text] :
       {std::pair{3.0f, "3"}, {-1.0f, "-1"}, {1.5f, "1.5"}, {1e30f, "1e+30"}}) {
    test::expect_error(
        Fault::data,
        std::string("task_loss: expected the number of one of 3 classes, 0 to "
                    "2, or NaN, got ") +
            text,
        [&, t = target] {
          (void)task_loss(loss, kClasses, std::vector<float>{t}, {}, 1, 3);
        });
  }
  test::expect_error(Fault::data,
                     "task_loss: expected the number of one of 4 classes, 0 to "
                     "3, or NaN, got 4",
                     [] {
                       (void)task_loss({.kind = LossKind::corn}, kClasses,
                                       std::vector<float>{4}, {}, 1, 3);
                     });
}

// What has the weight 0 may be anything.
TEST(TaskLossByHand, ATargetOfWeightZeroIsNeverRead) {
  const LossOptions loss{.kind = LossKind::categorical_crossentropy,
                         .class_weights = {1.0, 2.0, 1.0}};
  std::vector<float> diff(3, kNaN);
  const LossValue found = task_loss(loss, kClasses, std::vector<float>{1e30f},
                                    std::vector<float>{0.0f}, 1, 3, diff);
  EXPECT_EQ(found.loss, 0.0);
  EXPECT_EQ(diff, std::vector<float>(3, 0.0f));
}

TEST(TaskLossByHand, WeightsOfAnotherNumberOfLabelsAreRefused) {
  test::expect_error(
      Fault::shape,
      "task_loss: expected 2 positive weights and 2 class weights, or none, "
      "got 3 and 0",
      [] {
        (void)task_loss({.positive_weights = {1, 2, 3}}, std::vector<float>(2),
                        std::vector<float>(2), {}, 2, 2);
      });
}

}  // namespace
}  // namespace polytask
