#include <gtest/gtest.h>

#include <cmath>

#include "polytask/base/text.h"
#include "polytask/settings/settings_yaml.h"
#include "polytask/weighting/weighting_schedule.h"
#include "polytask/weighting/weighting_settings.h"

namespace polytask {
namespace {

using Texts = std::vector<std::string>;

Texts tasks(int count) {
  Texts names;
  for (int t = 0; t < count; ++t) names.push_back(cat("task ", t));
  return names;
}

TEST(WeightingOptions, DefaultsAreEqualWeightsForAnyNumberOfTasks) {
  const WeightingOptions options;
  EXPECT_EQ(options.kind, WeightingKind::equal);
  EXPECT_EQ(options.gradients, WeightedGradients::features);
  EXPECT_EQ(problems(options, tasks(1)), Texts{});
  EXPECT_EQ(problems(options, tasks(1000)), Texts{});
}

TEST(WeightingOptions, EveryKindHasAName) {
  EXPECT_EQ(names_of(WeightingKind{}).size(), 15u);
  for (const auto& [name, kind] : names_of(WeightingKind{})) {
    EXPECT_EQ(name_of(kind), name);
    EXPECT_EQ(problems({.kind = kind}, tasks(2)), Texts{}) << name;
  }
}

TEST(WeightingOptions, OneTaskIsRefusedByKindsThatCompare) {
  EXPECT_EQ(problems({.kind = WeightingKind::pcgrad}, tasks(1)),
            Texts{"weighting pcgrad needs at least two tasks, got 1; use "
                  "equal"});
  EXPECT_EQ(problems({.kind = WeightingKind::uncertainty}, tasks(1)), Texts{});
  for (const auto& [name, kind] : names_of(WeightingKind{})) {
    if (name == "equal" || name == "uncertainty") continue;
    EXPECT_EQ(problems({.kind = kind}, tasks(1)).size(), 1u) << name;
  }
}

TEST(WeightingOptions, TooManyTasksAreRefusedByKindsThatNeedTheGramian) {
  EXPECT_EQ(problems({.kind = WeightingKind::mgda}, tasks(64)), Texts{});
  EXPECT_EQ(problems({.kind = WeightingKind::mgda}, tasks(65)),
            Texts{"weighting mgda takes at most 64 tasks, got 65; use a kind "
                  "that needs no gradients"});
  EXPECT_EQ(problems({.kind = WeightingKind::famo}, tasks(65)), Texts{});
}

TEST(WeightingOptions, ReportsEveryProblemAtOnce) {
  EXPECT_EQ(problems({.kind = static_cast<WeightingKind>(99),
                      .gradients = static_cast<WeightedGradients>(7),
                      .uncertainty_learning_rate = 0,
                      .dwa_temperature = 0,
                      .stch_mu = -1,
                      .stch_warm_up_epochs = 0,
                      .famo_learning_rate = -0.5,
                      .famo_weight_decay = -1,
                      .gradnorm_alpha = 101,
                      .gradnorm_learning_rate = 0,
                      .cagrad_c = -1},
                     tasks(2)),
            (Texts{"weighting.kind: expected a known kind, got number 99",
                   "weighting.gradients: expected features or trunk, got "
                   "number 7",
                   "weighting.uncertainty_learning_rate: expected finite and > "
                   "0, got 0",
                   "weighting.dwa_temperature: expected finite and >= 1e-06, "
                   "got 0",
                   "weighting.stch_mu: expected finite and >= 1e-06, got -1",
                   "weighting.stch_warm_up_epochs: expected >= 1, got 0",
                   "weighting.famo_learning_rate: expected finite and > 0, got "
                   "-0.5",
                   "weighting.famo_weight_decay: expected finite and >= 0, got "
                   "-1",
                   "weighting.gradnorm_alpha: expected >= 0 and <= 100, got "
                   "101",
                   "weighting.gradnorm_learning_rate: expected finite and > 0, "
                   "got 0",
                   "weighting.cagrad_c: expected finite and >= 0, got -1"}));
}

TEST(WeightingOptions, NotANumberAndInfinityAreProblems) {
  for (const double bad : {std::nan(""), HUGE_VAL}) {
    const WeightingOptions options{.uncertainty_learning_rate = bad,
                                   .dwa_temperature = bad,
                                   .stch_mu = bad,
                                   .famo_learning_rate = bad,
                                   .famo_weight_decay = bad,
                                   .gradnorm_alpha = bad,
                                   .gradnorm_learning_rate = bad,
                                   .cagrad_c = bad};
    EXPECT_EQ(problems(options, tasks(2)).size(), 8u);
  }
}

TEST(WeightingOptions, ScheduleProblemsNameTheirPoint) {
  const WeightingOptions options{
      .schedule = {{.epoch = 0, .weights = {{"weather", 1}}},
                   {.epoch = 3, .weights = {{"wether", 1}, {"x", 0}}},
                   {.epoch = 3, .weights = {{"weather", -1}}},
                   {.epoch = 4, .weights = {{"objects", 0}, {"weather", 0}}},
                   {.epoch = 5, .weights = {{"objects", HUGE_VAL}}}}};
  EXPECT_EQ(
      problems(options, {"objects", "weather"}),
      (Texts{"weighting.schedule.0.epoch: expected >= 1, got 0",
             "weighting.schedule.1.weights.wether: no task has this name; did "
             "you mean \"weather\"?",
             "weighting.schedule.1.weights.x: no task has this name; known are "
             "objects, weather",
             "weighting.schedule.2.weights.weather: expected finite and >= 0, "
             "got -1",
             "weighting.schedule.2.epoch: expected later than epoch 3, got 3",
             "weighting.schedule.4.weights.objects: expected finite and >= 0, "
             "got inf"}));
}

TEST(WeightingOptions, AnEpochInWhichNobodyLearnsIsRefused) {
  const WeightingOptions options{
      .schedule = {{.epoch = 1, .weights = {{"objects", 0}}},
                   {.epoch = 3, .weights = {{"weather", 0}}},
                   {.epoch = 5, .weights = {{"objects", 1}}}}};
  EXPECT_EQ(problems(options, {"objects", "weather", "time"}), Texts{});
  EXPECT_EQ(problems(options, {"objects", "weather"}),
            Texts{"weighting.schedule.0.weights: every task has 0 in epoch 1; "
                  "expected one above 0 at least"});
}

TEST(WeightingOptions, AListOfFactorsIsRefused) {
  WeightingOptions read;
  Problems found;
  read_settings(
      parse_settings("schedule: [{epoch: 1, weights: [1, 0]}]", "streets.yaml"),
      "train.weighting", found, read);
  EXPECT_EQ(
      found,
      Texts{"streets.yaml:1: train.weighting.schedule.0.weights: expected "
            "a map from names of tasks to numbers, as in {distance: "
            "0.5}, found a list"});
}

TEST(WeightingOptions, ReadWhatTheyWrote) {
  const WeightingOptions options{
      .kind = WeightingKind::stch,
      .gradients = WeightedGradients::trunk,
      .schedule = {{.epoch = 2, .weights = {{"a", 1}, {"b", 0}}}},
      .uncertainty_learning_rate = .01,
      .dwa_temperature = 3,
      .stch_mu = .5,
      .stch_warm_up_epochs = 2,
      .famo_learning_rate = .02,
      .famo_weight_decay = .03,
      .gradnorm_alpha = .04,
      .gradnorm_learning_rate = .05,
      .cagrad_c = .06};
  WeightingOptions read;
  Problems found;
  read_settings(to_settings(options), "weighting", found, read);
  EXPECT_EQ(found, Texts{});
  EXPECT_EQ(read, options);
}

TEST(WeightingOptions, GradientsAreFeaturesOrTrunk) {
  WeightingOptions read;
  Problems found;
  Settings node = Settings::map();
  node.set("gradients", Settings::scalar("trunks"));
  read_settings(node, "train.weighting", found, read);
  EXPECT_EQ(found,
            Texts{"train.weighting.gradients: expected one of features, trunk, "
                  "found \"trunks\"; did you mean \"trunk\"?"});
  EXPECT_EQ(read.gradients, WeightedGradients::features);
}

TEST(ScheduledFactor, WithoutPointsIsOne) {
  EXPECT_EQ(scheduled_factor({}, "a", 7), 1.0);
}

// The point in between is another task's.
TEST(ScheduledFactor, FollowsThePointsThatNameTheTask) {
  const std::vector<WeightPoint> schedule{{.epoch = 1, .weights = {{"a", 0}}},
                                          {.epoch = 3, .weights = {{"b", 7}}},
                                          {.epoch = 5, .weights = {{"a", 1}}}};
  const double expected[] = {0, 0.25, 0.5, 0.75, 1, 1};
  for (int epoch = 0; epoch < 6; ++epoch) {
    EXPECT_EQ(scheduled_factor(schedule, "a", epoch), expected[epoch]) << epoch;
    EXPECT_EQ(scheduled_factor(schedule, "b", epoch), 7.0);
    EXPECT_EQ(scheduled_factor(schedule, "c", epoch), 1.0);
  }
}

TEST(ScheduledFactor, IsLinearBetweenPointsAndConstantOutside) {
  const std::vector<WeightPoint> schedule{{.epoch = 2, .weights = {{"b", 0}}},
                                          {.epoch = 4, .weights = {{"b", 1}}},
                                          {.epoch = 8, .weights = {{"b", 3}}}};
  const double expected[] = {0, 0, 0.5, 1, 1.5, 2, 2.5, 3, 3, 3};
  for (int epoch = 0; epoch < 10; ++epoch) {
    EXPECT_EQ(scheduled_factor(schedule, "b", epoch), expected[epoch]) << epoch;
    EXPECT_EQ(scheduled_factor(schedule, "a", epoch), 1.0);
  }
}

}  // namespace
}  // namespace polytask
