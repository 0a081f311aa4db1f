#include "polytask/task/losses.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <random>

#include "polytask/task/task.h"
#include "tests/support/expect_error.h"

namespace polytask {
namespace {

constexpr float kNaN = std::numeric_limits<float>::quiet_NaN();
const double kLn2 = std::log(2.0);

struct Case {
  const char* name;
  LossOptions loss;
  int columns;
  int units;
  int classes;  // of a target; 0: labels, -1: numbers, -2: counts
};

std::vector<Case> every_loss() {
  LossOptions weighted{.label_smoothing = 0.1,
                       .positive_weights = {2.0, 0.5, 1.0}};
  LossOptions classes{.kind = LossKind::categorical_crossentropy,
                      .label_smoothing = 0.2,
                      .class_weights = {1.0, 3.0, 0.5, 1.0}};
  return {
      {"binary", {}, 3, 3, 0},
      {"binary weighted", weighted, 3, 3, 0},
      {"focal", {.kind = LossKind::focal}, 3, 3, 0},
      {"focal 0.5", {.kind = LossKind::focal, .gamma = 0.5}, 3, 3, 0},
      {"asymmetric", {.kind = LossKind::asymmetric}, 3, 3, 0},
      {"asymmetric without clip",
       {.kind = LossKind::asymmetric, .clip = 0.0},
       3,
       3,
       0},
      {"categorical", {.kind = LossKind::categorical_crossentropy}, 1, 4, 4},
      {"categorical weighted", classes, 1, 4, 4},
      {"cumulative", {.kind = LossKind::cumulative}, 1, 3, 4},
      {"corn", {.kind = LossKind::corn}, 1, 3, 4},
      {"squared", {.kind = LossKind::squared_error}, 2, 2, -1},
      {"absolute", {.kind = LossKind::absolute_error}, 2, 2, -1},
      {"huber", {.kind = LossKind::huber, .delta = 0.7}, 2, 2, -1},
      {"gaussian", {.kind = LossKind::gaussian}, 2, 4, -1},
      {"poisson", {.kind = LossKind::poisson}, 1, 1, -2},
  };
}

// Logits, targets (some missing) and weights of a few images.
struct Batch {
  std::vector<float> logits, targets, weights;

  Batch(const Case& c, int images, unsigned seed) {
    std::mt19937 random(seed);
    std::normal_distribution<float> normal(0.0f, 2.0f);
    std::uniform_real_distribution<float> unit(0.0f, 1.0f);
    for (int i = 0; i < images * c.units; ++i) logits.push_back(normal(random));
    for (int i = 0; i < images * c.columns; ++i) {
      float y = normal(random);
      if (c.classes > 0) {
        y = static_cast<float>(random() % static_cast<unsigned>(c.classes));
      } else if (c.classes > -1) {
        y = static_cast<float>(random() % 2);
      } else if (c.classes == -2) {
        y = static_cast<float>(random() % 5);
      }
      targets.push_back(unit(random) < 0.3f ? kNaN : y);
      weights.push_back(unit(random) + 0.1f);
    }
  }
};

double loss_of(const Case& c, const Batch& b) {
  return task_loss(c.loss, b.logits, b.targets, b.weights, c.columns, c.units)
      .loss;
}

TEST(TaskLoss, GradientsEqualCentralDifferences) {
  for (const Case& c : every_loss()) {
    SCOPED_TRACE(c.name);
    Batch b(c, 12, 3);
    std::vector<float> diff(b.logits.size(), 99.0f);
    (void)task_loss(c.loss, b.logits, b.targets, b.weights, c.columns, c.units,
                    diff);
    for (std::size_t i = 0; i < b.logits.size(); ++i) {
      constexpr float kStep = 1.0f / 512.0f;
      const float z = b.logits[i];
      b.logits[i] = z + kStep;
      const double above = loss_of(c, b);
      b.logits[i] = z - kStep;
      const double below = loss_of(c, b);
      b.logits[i] = z;
      const double expected = (above - below) / (2.0 * kStep);
      ASSERT_NEAR(diff[i], expected, 2e-5 + 2e-4 * std::abs(expected))
          << "logit " << i;
    }
  }
}

TEST(TaskLoss, WithEveryLabelThePostsLoss) {
  const Case c = every_loss().front();
  Batch b(c, 7, 1);
  std::vector<float> diff(b.logits.size()), expected(b.logits.size());
  const LossValue found =
      task_loss({}, b.logits, b.targets, {}, c.columns, c.units, diff);
  const LossValue post =
      multi_task_loss_on_logits(b.logits, b.targets, 3, expected);
  EXPECT_EQ(found.loss, post.loss);
  EXPECT_EQ(diff, expected);
}

// A batch grows by rows no one has labelled; not a bit changes.
TEST(TaskLoss, UnlabelledRowsChangeNothing) {
  for (const Case& c : every_loss()) {
    SCOPED_TRACE(c.name);
    const Batch b(c, 5, 9);
    Batch grown = b;
    for (int i = 0; i < 4 * c.units; ++i) grown.logits.push_back(1e30f);
    for (int i = 0; i < 4 * c.columns; ++i) {
      grown.targets.push_back(kNaN);
      grown.weights.push_back(5.0f);
    }
    std::vector<float> diff(b.logits.size()), grown_diff(grown.logits.size());
    const double before = task_loss(c.loss, b.logits, b.targets, b.weights,
                                    c.columns, c.units, diff)
                              .loss;
    const double after =
        task_loss(c.loss, grown.logits, grown.targets, grown.weights, c.columns,
                  c.units, grown_diff)
            .loss;
    EXPECT_EQ(before, after);
    for (std::size_t i = 0; i < grown_diff.size(); ++i) {
      ASSERT_EQ(grown_diff[i], i < diff.size() ? diff[i] : 0.0f);
    }
  }
}

// Wherever they stand; for labels a negative number is missing too.
TEST(TaskLoss, UnlabelledRowsBetweenTheOthersChangeNothing) {
  for (const Case& c : every_loss()) {
    SCOPED_TRACE(c.name);
    const Batch b(c, 5, 9);
    const float missing = c.classes == 0 ? -7.0f : kNaN;
    Batch mixed(c, 0, 0);
    for (int i = 0; i < 5; ++i) {
      for (int u = 0; u < c.units; ++u) {
        mixed.logits.push_back(-1e30f);
      }
      mixed.targets.insert(mixed.targets.end(), c.columns, missing);
      mixed.weights.insert(mixed.weights.end(), c.columns, 2.0f);
      const auto append = [i](auto& to, const auto& from, int width) {
        to.insert(to.end(), from.begin() + i * width,
                  from.begin() + (i + 1) * width);
      };
      append(mixed.logits, b.logits, c.units);
      append(mixed.targets, b.targets, c.columns);
      append(mixed.weights, b.weights, c.columns);
    }
    std::vector<float> diff(b.logits.size()), mixed_diff(mixed.logits.size());
    const LossValue before = task_loss(c.loss, b.logits, b.targets, b.weights,
                                       c.columns, c.units, diff);
    const LossValue after =
        task_loss(c.loss, mixed.logits, mixed.targets, mixed.weights, c.columns,
                  c.units, mixed_diff);
    EXPECT_EQ(after.loss, before.loss);
    const auto units = static_cast<std::size_t>(c.units);
    for (std::size_t i = 0; i < mixed_diff.size(); ++i) {
      const std::size_t row = i / units;
      ASSERT_EQ(mixed_diff[i],
                row % 2 == 0 ? 0.0f : diff[row / 2 * units + i % units]);
    }
  }
}

TEST(TaskLoss, NothingObservedIsZero) {
  for (const Case& c : every_loss()) {
    const std::vector<float> logits(static_cast<std::size_t>(c.units), 3.0f);
    const std::vector<float> targets(static_cast<std::size_t>(c.columns), kNaN);
    std::vector<float> diff(logits.size(), 7.0f);
    EXPECT_EQ(
        task_loss(c.loss, logits, targets, {}, c.columns, c.units, diff).loss,
        0.0);
    for (const float d : diff) EXPECT_EQ(d, 0.0f);
  }
}

TEST(TaskLoss, LargeLogitsStayFinite) {
  for (const Case& c : every_loss()) {
    SCOPED_TRACE(c.name);
    for (const float size : {1000.0f, -1000.0f, 1e30f, -1e30f}) {
      Batch b(c, 6, 4);
      std::ranges::fill(b.logits, size);
      if (c.loss.kind == LossKind::squared_error && std::abs(size) > 1e20f) {
        continue;  // Its square is the truth, and no float's gradient.
      }
      if (c.loss.kind == LossKind::gaussian && std::abs(size) > 1e10f) continue;
      std::vector<float> diff(b.logits.size());
      const LossValue value = task_loss(c.loss, b.logits, b.targets, b.weights,
                                        c.columns, c.units, diff);
      EXPECT_TRUE(std::isfinite(value.loss)) << size;
      for (const float d : diff) ASSERT_TRUE(std::isfinite(d)) << size;
    }
  }
}

// One image with one target.
double loss_at(const LossOptions& loss, std::vector<float> logits, float target,
               int columns = 1) {
  return task_loss(loss, logits, std::vector<float>{target}, {}, columns,
                   static_cast<int>(logits.size()))
      .loss;
}

TEST(TaskLoss, KnownValues) {
  EXPECT_NEAR(loss_at({.kind = LossKind::focal}, {0}, 1), 0.25 * kLn2, 1e-12);
  const LossOptions asymmetric{.kind = LossKind::asymmetric};
  EXPECT_NEAR(loss_at(asymmetric, {0}, 1), 0.3465735903, 1e-10);
  EXPECT_NEAR(loss_at(asymmetric, {0}, 0), 0.0245150535, 1e-10);
  EXPECT_EQ(loss_at(asymmetric, {-6}, 0), 0.0);
  EXPECT_NEAR(
      loss_at({.kind = LossKind::categorical_crossentropy}, {0, 0, 0, 0, 0}, 3),
      std::log(5.0), 1e-12);
  EXPECT_EQ(loss_at({.kind = LossKind::categorical_crossentropy}, {1000, 0}, 0),
            0.0);
  EXPECT_EQ(loss_at({.kind = LossKind::categorical_crossentropy}, {1000, 0}, 1),
            1000.0);
  // Every step of the order is a coin: all of them, or those that are asked.
  EXPECT_NEAR(loss_at({.kind = LossKind::cumulative}, {0, 0, 0}, 1), 3 * kLn2,
              1e-12);
  EXPECT_NEAR(loss_at({.kind = LossKind::corn}, {0, 9, 9}, 0), kLn2, 1e-12);
  EXPECT_NEAR(loss_at({.kind = LossKind::corn}, {0, 0, 9}, 1), kLn2, 1e-12);
  EXPECT_EQ(loss_at({.kind = LossKind::squared_error}, {3}, 1), 4.0);
  EXPECT_EQ(loss_at({.kind = LossKind::absolute_error}, {3}, 1), 2.0);
  EXPECT_EQ(loss_at({.kind = LossKind::huber}, {3}, 1), 1.5);
  EXPECT_EQ(loss_at({.kind = LossKind::huber}, {1.5}, 1), 0.125);
  EXPECT_NEAR(loss_at({.kind = LossKind::gaussian}, {3, 2}, 1),
              (2.0 + 4.0 * std::exp(-2.0)) / 2.0, 1e-12);
  EXPECT_NEAR(loss_at({.kind = LossKind::poisson}, {1}, 4),
              std::exp(1.0) - 8.0 + 8.0 * kLn2, 1e-12);
}

TEST(TaskLoss, LabelSmoothingHasItsFloor) {
  const LossOptions loss{.label_smoothing = 0.1};
  const float best = std::log(0.95f / 0.05f);
  EXPECT_NEAR(loss_at(loss, {best}, 1), 0.1985152433, 1e-7);
}

// K labels: the sum over the labels, the mean over the images, however many
// are missing.
TEST(TaskLoss, IsTheMeanOverWhatIsObservedTimesTheLabels) {
  const std::vector<float> logits{0, 0, 0, 0};
  EXPECT_NEAR(
      task_loss({}, logits, std::vector<float>{1, 0, 1, 1}, {}, 2, 2).loss,
      2 * kLn2, 1e-12);
  EXPECT_NEAR(
      task_loss({}, logits, std::vector<float>{1, kNaN, kNaN, -1}, {}, 2, 2)
          .loss,
      2 * kLn2, 1e-12);
}

TEST(TaskLoss, AWeightCountsAsThatManyTargets) {
  const std::vector<float> twice{0.3f, 0.3f, -1.0f};
  const std::vector<float> once{0.3f, -1.0f};
  const LossOptions loss{.kind = LossKind::squared_error};
  EXPECT_NEAR(
      task_loss(loss, twice, std::vector<float>{1, 1, 2}, {}, 1, 1).loss,
      task_loss(loss, once, std::vector<float>{1, 2}, std::vector<float>{2, 1},
                1, 1)
          .loss,
      1e-12);
}

TEST(TaskLoss, LengthsThatDoNotFitAreRefused) {
  test::expect_error(
      Fault::shape,
      "task_loss: expected logits and gradient [N, 3], targets and weights [N, "
      "1], got 4, 0, 1 and 0 numbers",
      [] {
        (void)task_loss({.kind = LossKind::corn}, std::vector<float>(4),
                        std::vector<float>(1), {}, 1, 3);
      });
}

TEST(LossOptions, EveryKindOfTaskTakesItsDefault) {
  for (const TaskKind kind :
       {TaskKind::multilabel, TaskKind::categorical, TaskKind::ordinal,
        TaskKind::regression, TaskKind::count}) {
    EXPECT_TRUE(problems({.kind = default_loss(kind)}, kind, 3).empty());
  }
}

TEST(LossOptions, EveryBrokenRuleIsNamed) {
  Task task = regression("distance");
  task.loss = {.kind = LossKind::focal, .gamma = -1.0, .delta = 0.0};
  task.weight = -2.0;
  Task weather = categorical("weather", {"clear", "rain"});
  weather.loss.class_weights = {1.0, 0.0, 2.0};
  weather.loss.positive_weights = {1.0};
  EXPECT_EQ(
      problems({task, weather}),
      (std::vector<std::string>{
          "tasks.distance.loss.kind: a regression task takes squared_error or "
          "absolute_error or huber or gaussian, got focal",
          "tasks.distance.loss.gamma: expected >= 0, got -1",
          "tasks.distance.loss.delta: expected > 0, got 0",
          "tasks.distance.weight: expected >= 0, got -2",
          "tasks.weather.loss.positive_weights: this loss has none; leave it "
          "out",
          "tasks.weather.loss.class_weights: expected 2 (one per class), got 3",
          "tasks.weather.loss.class_weights: expected weights > 0, got 0"}));
}

}  // namespace
}  // namespace polytask
