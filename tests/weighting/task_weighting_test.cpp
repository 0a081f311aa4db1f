#include "polytask/weighting/task_weighting.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "polytask/weighting/weighting_kinds.h"
#include "polytask/weighting/weighting_settings.h"
#include "tests/support/expect_error.h"
#include "tests/weighting/weighting_example.h"

namespace polytask {
namespace {

using test::weighted;

using Numbers = std::vector<double>;
using Presence = std::vector<std::uint8_t>;
constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
constexpr double kRounding = 1e-12;

const Numbers kIdentity3{1, 0, 0, 0, 1, 0, 0, 0, 1};

std::unique_ptr<TaskWeighting> made(WeightingKind kind, int tasks = 3,
                                    std::uint64_t seed = 1) {
  return make_weighting(
      {.kind = kind},
      weighted(Numbers(static_cast<std::size_t>(tasks), 1.0), seed));
}

Numbers copied(std::span<const double> x) { return {x.begin(), x.end()}; }

double sum(const Numbers& x) {
  return std::accumulate(x.begin(), x.end(), 0.0);
}

void expect_numbers(const Numbers& found, const Numbers& expected,
                    double tolerance = kRounding) {
  ASSERT_EQ(found.size(), expected.size());
  for (std::size_t i = 0; i < found.size(); ++i) {
    EXPECT_NEAR(found[i], expected[i], tolerance) << "task " << i;
  }
}

// Three tasks through some epochs of four steps, losses falling unequally and
// gradients that conflict; returns all weights one after another.
Numbers run(TaskWeighting& weighting, int first_epoch, int epochs) {
  Numbers all;
  for (int epoch = first_epoch; epoch < first_epoch + epochs; ++epoch) {
    for (int i = 0; i < 4; ++i) {
      const std::int64_t step = 4 * epoch + i;
      const double t = static_cast<double>(step);
      std::mt19937 random(static_cast<unsigned>(step));
      const Numbers gramian =
          test::flat(test::gramian_of(test::random_vectors(3, 4, random)));
      const Numbers losses{2 / (1 + t), 5 / (1 + 0.3 * t), 1 + 1 / (1 + t)};
      const Presence present{1, step % 3 != 1, 1};
      const auto w = weighting.weights({.losses = losses,
                                        .present = present,
                                        .gramian = gramian,
                                        .epoch = epoch,
                                        .step = step});
      all.insert(all.end(), w.begin(), w.end());
      weighting.after_step(Numbers{1.9 / (1 + t), 4 / (1 + 0.3 * t), 1});
    }
    weighting.end_epoch(epoch, Numbers{2.0 / (1 + epoch), kNaN, 1.5});
  }
  return all;
}

TEST(TaskWeighting, ScaleIsThatOfEqualWeights) {
  for (const auto& [name, kind] : names_of(WeightingKind{})) {
    SCOPED_TRACE(name);
    if (kind == WeightingKind::uncertainty) continue;
    if (kind == WeightingKind::cagrad) continue;
    const auto weighting = made(kind);
    const Numbers w = copied(weighting->weights(
        {.losses = Numbers{1, 1, 1}, .gramian = kIdentity3}));
    EXPECT_NEAR(sum(w), 3.0, kRounding);
    if (kind != WeightingKind::rlw) expect_numbers(w, {1, 1, 1});
  }
}

TEST(TaskWeighting, CagradIsWithinItsRadiusOfEqualWeights) {
  const auto weighting = made(WeightingKind::cagrad);
  expect_numbers(copied(weighting->weights(
                     {.losses = Numbers{1, 1, 1}, .gramian = kIdentity3})),
                 {1.4, 1.4, 1.4}, 1e-9);
}

TEST(TaskWeighting, SharesSumToTheNumberOfTasks) {
  for (const WeightingKind kind :
       {WeightingKind::equal, WeightingKind::dwa, WeightingKind::rlw,
        WeightingKind::gls, WeightingKind::stch, WeightingKind::famo,
        WeightingKind::gradnorm, WeightingKind::mgda}) {
    SCOPED_TRACE(name_of(kind));
    const auto weighting = made(kind);
    const Numbers w = run(*weighting, 0, 7);
    for (std::size_t step = 0; step < w.size() / 3; ++step) {
      const Numbers one(w.begin() + 3 * step, w.begin() + 3 * step + 3);
      EXPECT_NEAR(sum(one), step % 3 == 1 ? 2.0 : 3.0, kRounding);
    }
  }
}

// Lengths 1, 2, 3: the mean is 2, the mean square 14 / 3.
TEST(TaskWeighting, ForgottenLengthsBecomeTheMeanLength) {
  const Numbers gramian{1, 0, 0, 0, 4, 0, 0, 0, 9};
  for (const auto& [kind, length] :
       {std::pair{WeightingKind::imtl_g, 2.0},
        std::pair{WeightingKind::nash_mtl, 2.0},
        std::pair{WeightingKind::aligned_mtl, std::sqrt(14.0 / 3.0)}}) {
    SCOPED_TRACE(name_of(kind));
    const auto weighting = made(kind);
    expect_numbers(copied(weighting->weights(
                       {.losses = Numbers{1, 1, 1}, .gramian = gramian})),
                   {length, length / 2, length / 3}, 1e-7);
  }
}

TEST(TaskWeighting, AbsentTaskIsAsIfItWereNotThere) {
  const Numbers losses{2, 0.5, 3};
  const Numbers gramian{4, kNaN, -1, kNaN, kNaN, kNaN, -1, kNaN, 2};
  const Numbers without{4, -1, -1, 2};
  for (const auto& [name, kind] : names_of(WeightingKind{})) {
    if (kind == WeightingKind::rlw) continue;  // drawn by the task's number
    SCOPED_TRACE(name);
    const auto three = made(kind, 3);
    const auto two = made(kind, 2);
    const Numbers w = copied(three->weights({.losses = Numbers{2, kNaN, 3},
                                             .present = Presence{1, 0, 1},
                                             .gramian = gramian}));
    const Numbers v =
        copied(two->weights({.losses = Numbers{2, 3}, .gramian = without}));
    expect_numbers(w, {v[0], 0.0, v[1]});
  }
}

TEST(TaskWeighting, BatchWithoutAnyLabelWeighsNothing) {
  for (const auto& [name, kind] : names_of(WeightingKind{})) {
    const auto weighting = made(kind);
    EXPECT_EQ(copied(weighting->weights({.losses = Numbers{1, 1, 1},
                                         .present = Presence{0, 0, 0},
                                         .gramian = kIdentity3})),
              (Numbers{0, 0, 0}))
        << name;
    weighting->after_step(Numbers{1, 1, 1});
  }
}

TEST(TaskWeighting, GradientOfZeroTakesNoPart) {
  const Numbers gramian{4, 0, -1, 0, 0, 0, -1, 0, 2};
  for (const auto& [name, kind] : names_of(WeightingKind{})) {
    if (!needs_of(kind).gramian) continue;
    SCOPED_TRACE(name);
    const auto three = made(kind, 3);
    const auto two = made(kind, 2);
    const Numbers w = copied(
        three->weights({.losses = Numbers{1, 1, 1}, .gramian = gramian}));
    const Numbers v = copied(two->weights(
        {.losses = Numbers{1, 1}, .gramian = Numbers{4, -1, -1, 2}}));
    expect_numbers(w, {v[0], 0.0, v[1]});
    const Numbers none = copied(three->weights(
        {.losses = Numbers{1, 1, 1}, .gramian = Numbers(9, 0.0)}));
    EXPECT_EQ(none, (Numbers{0, 0, 0}));
  }
}

TEST(TaskWeighting, OwnWeightsMultiplyWhatTheKindDecides) {
  for (const auto& [name, kind] : names_of(WeightingKind{})) {
    if (weighs_scaled_gradients(kind)) continue;
    SCOPED_TRACE(name);
    const auto plain = made(kind);
    const auto own = make_weighting({.kind = kind}, weighted({2, 1, 0.5}, 1));
    const Numbers w = run(*plain, 0, 3);
    const Numbers v = run(*own, 0, 3);
    const double factor[] = {2, 1, 0.5};
    for (std::size_t i = 0; i < w.size(); ++i) {
      EXPECT_NEAR(v[i], w[i] * factor[i % 3], kRounding);
    }
  }
}

TEST(TaskWeighting, OwnWeightsEnterWhatMendsConflicts) {
  std::vector<std::string> names;
  for (const auto& [name, kind] : names_of(WeightingKind{})) {
    if (!weighs_scaled_gradients(kind)) continue;
    SCOPED_TRACE(name);
    names.emplace_back(name);
    const Numbers losses{1, 1, 1};
    const auto own = make_weighting({.kind = kind}, weighted({4, 1, 0.5}, 1));
    const Numbers v = copied(own->weights(
        {.losses = losses, .gramian = Numbers{4, -2, 1, -2, 3, -1, 1, -1, 2}}));
    // The same gradients, times 4, 1 and 1 / 2.
    const Numbers w = copied(made(kind, 3)->weights(
        {.losses = losses,
         .gramian = Numbers{64, -8, 2, -8, 3, -0.5, 2, -0.5, 0.5}}));
    expect_numbers(v, {4 * w[0], w[1], 0.5 * w[2]});
  }
  EXPECT_EQ(names,
            (std::vector<std::string>{"pcgrad", "mgda", "cagrad", "upgrad"}));
}

// With one weight of 10 the sum conflicted with a task by a cosine of -.163.
TEST(TaskWeighting, NoTaskIsHarmedWhateverTheOwnWeights) {
  for (const WeightingKind kind :
       {WeightingKind::upgrad, WeightingKind::mgda}) {
    for (const test::Vectors& vectors : test::many_problems()) {
      std::vector<double> own(vectors.size(), 1.0);
      own.front() = 10.0;
      own.back() = 0.25;
      const auto weighting = make_weighting({.kind = kind}, weighted(own, 1));
      const Numbers w = copied(weighting->weights(
          {.losses = Numbers(vectors.size(), 1.0),
           .gramian = test::flat(test::gramian_of(vectors))}));
      const std::vector<double> d = test::combined(vectors, w);
      for (const std::vector<double>& g : vectors) {
        EXPECT_GE(test::dot(d, g),
                  -1e-6 * test::length(g) * (1e-6 + test::length(d)));
      }
    }
  }
}

TEST(TaskWeighting, OwnWeightOfZeroLeavesTheTaskOut) {
  const auto weighting =
      make_weighting({.kind = WeightingKind::mgda}, weighted({1, 0, 1}));
  expect_numbers(copied(weighting->weights(
                     {.losses = Numbers{1, 1, 1},
                      .gramian = Numbers{1, 0, 0, 0, 1e-9, 0, 0, 0, 1}})),
                 {1, 0, 1});
}

TEST(TaskWeighting, ScheduleMultipliesToo) {
  const auto weighting =
      make_weighting({.schedule = {{.epoch = 1, .weights = {{"b", 0}}},
                                   {.epoch = 5, .weights = {{"b", 1}}}}},
                     weighted({3, 2}));
  const Numbers losses{1, 1};
  EXPECT_EQ(copied(weighting->weights({.losses = losses, .epoch = 0})),
            (Numbers{3, 0}));
  EXPECT_EQ(copied(weighting->weights({.losses = losses, .epoch = 2})),
            (Numbers{3, 1}));
}

TEST(TaskWeighting, NumbersThatAreNotFiniteTeachNothing) {
  Numbers broken = kIdentity3;
  broken[4] = kNaN;
  for (const auto& [name, kind] : names_of(WeightingKind{})) {
    SCOPED_TRACE(name);
    const auto weighting =
        make_weighting({.kind = kind}, weighted({2, 1, 1}, 1));
    (void)run(*weighting, 0, 3);
    const Numbers state = copied(weighting->state());
    const Numbers w = copied(weighting->weights(
        {.losses = Numbers{1, kNaN, 1}, .gramian = kIdentity3}));
    EXPECT_EQ(w, (Numbers{2, 1, 1}));
    weighting->after_step(Numbers{1, 1, 1});
    weighting->end_epoch(3, Numbers{1, HUGE_VAL, 1});
    EXPECT_EQ(copied(weighting->state()), state);
    if (!weighting->needs().gramian) continue;
    (void)weighting->weights({.losses = Numbers{1, 1, 1}, .gramian = broken});
    EXPECT_EQ(copied(weighting->state()), state);
  }
}

TEST(TaskWeighting, RestoredRunEqualsAnUninterruptedOne) {
  for (const auto& [name, kind] : names_of(WeightingKind{})) {
    SCOPED_TRACE(name);
    const auto whole = made(kind);
    const auto first = made(kind);
    const auto second = made(kind);
    (void)run(*whole, 0, 6);
    const Numbers expected = run(*whole, 6, 3);
    (void)run(*first, 0, 6);
    second->restore(first->state());
    EXPECT_EQ(run(*second, 6, 3), expected);
    EXPECT_EQ(copied(second->state()), copied(whole->state()));
  }
}

TEST(TaskWeighting, SeedMattersToThoseThatDraw) {
  for (const WeightingKind kind : {WeightingKind::rlw, WeightingKind::pcgrad}) {
    const Numbers first = run(*made(kind, 3, 1), 0, 4);
    EXPECT_EQ(run(*made(kind, 3, 1), 0, 4), first);
    EXPECT_NE(run(*made(kind, 3, 2), 0, 4), first);
  }
}

TEST(TaskWeighting, RandomWeightsAreThoseOfTheStep) {
  const auto weighting = made(WeightingKind::rlw);
  const Numbers losses{1, 1, 1};
  const auto at = [&](std::int64_t step) {
    return copied(weighting->weights({.losses = losses,
                                      .present = {},
                                      .gramian = {},
                                      .epoch = 0,
                                      .step = step}));
  };
  const Numbers third = at(3);
  EXPECT_NE(at(4), third);
  EXPECT_EQ(at(3), third);
}

TEST(TaskWeighting, StateOfAnotherLengthIsRefused) {
  test::expect_error(Fault::data,
                     "weighting famo: expected a state of 12 numbers, found "
                     "10; it was saved with another recipe",
                     [] { made(WeightingKind::famo)->restore(Numbers(10)); });
}

TEST(TaskWeighting, ImpossibleStateIsRefusedAndChangesNothing) {
  const std::string text =
      ": expected a state that training can reach, found impossible numbers; "
      "use an older checkpoint";
  for (const WeightingKind kind :
       {WeightingKind::uncertainty, WeightingKind::famo,
        WeightingKind::gradnorm, WeightingKind::dwa, WeightingKind::stch}) {
    const auto weighting = made(kind);
    const Numbers before = copied(weighting->state());
    Numbers bad = before;
    bad[1] = kNaN;
    test::expect_error(Fault::data, "weighting " + name_of(kind) + text,
                       [&] { weighting->restore(bad); });
    bad[1] = 1e300;
    test::expect_error(Fault::data, "weighting " + name_of(kind) + text,
                       [&] { weighting->restore(bad); });
    EXPECT_EQ(copied(weighting->state()), before);
  }
  for (const WeightingKind kind :
       {WeightingKind::uncertainty, WeightingKind::famo,
        WeightingKind::gradnorm}) {
    for (const std::size_t at : {6u, 9u, 11u}) {  // v and k are never negative
      const auto weighting = made(kind);
      Numbers bad = copied(weighting->state());
      bad[at] = -1.0;
      test::expect_error(Fault::data, "weighting " + name_of(kind) + text,
                         [&] { weighting->restore(bad); });
    }
  }
  Numbers far = copied(made(WeightingKind::uncertainty)->state());
  far[0] = 11;
  test::expect_error(Fault::data, "weighting uncertainty" + text,
                     [&] { made(WeightingKind::uncertainty)->restore(far); });
}

TEST(MakeWeighting, OneTaskIsRefused) {
  test::expect_error(
      Fault::config,
      "weighting pcgrad needs at least two tasks, got 1; use equal",
      [] { (void)made(WeightingKind::pcgrad, 1); });
}

TEST(MakeWeighting, ListsEveryProblem) {
  test::expect_error_parts(
      Fault::config,
      {"weighting:", "weighting.cagrad_c: expected finite and >= 0, got -1",
       "weight of task 1: expected finite and >= 0, got -2",
       "weight of task 2: expected finite and >= 0, got nan"},
      [] {
        (void)make_weighting({.cagrad_c = -1}, weighted({-2, kNaN, 1}));
      });
  test::expect_error(Fault::config,
                     "weights of the tasks: expected one above 0 at least", [] {
                       (void)make_weighting({}, weighted({0, 0}));
                     });
}

TEST(UncertaintyKind, FindsTheLogarithmOfTheLosses) {
  const auto weighting = make_weighting(
      {.kind = WeightingKind::uncertainty, .uncertainty_learning_rate = 0.02},
      weighted({1, 1}));
  const Numbers losses{0.1, 4};
  for (int step = 0; step < 2000; ++step) {
    (void)weighting->weights({.losses = losses, .step = step});
  }
  const Numbers w =
      copied(weighting->weights({.losses = losses, .step = 2000}));
  expect_numbers(w, {1 / 0.2, 1 / 8.0}, 1e-3);
  EXPECT_NEAR(weighting->regulariser(), (std::log(0.1) + std::log(4)) / 2,
              1e-3);
}

TEST(UncertaintyKind, StartsAtMinusAHalfAndStaysWithinBounds) {
  const auto weighting = make_weighting(
      {.kind = WeightingKind::uncertainty, .uncertainty_learning_rate = 1.0},
      weighted({1}));
  EXPECT_NEAR(weighting->weights({.losses = Numbers{0}})[0], std::exp(0.5) / 2,
              kRounding);
  EXPECT_NEAR(weighting->regulariser(), -0.25, kRounding);
  for (int step = 0; step < 100; ++step) {
    (void)weighting->weights({.losses = Numbers{0}});
  }
  EXPECT_NEAR(weighting->weights({.losses = Numbers{0}})[0], std::exp(10.0) / 2,
              1e-8);
}

TEST(DwaKind, FirstTwoEpochsAreEqualThenSlowTasksGetMore) {
  const auto weighting = made(WeightingKind::dwa, 2);
  const Numbers losses{1, 1};
  for (int epoch = 0; epoch < 2; ++epoch) {
    expect_numbers(copied(weighting->weights({.losses = losses})), {1, 1});
    weighting->end_epoch(epoch, epoch == 0 ? Numbers{2, 1} : Numbers{1, 2});
  }
  const double share = 1.0 / (1.0 + std::exp(0.75));  // ratios 1/2 and 2
  expect_numbers(copied(weighting->weights({.losses = losses})),
                 {2 * share, 2 * (1 - share)});
}

TEST(StchKind, WarmsUpThenLooksAtTheWorst) {
  const auto weighting = make_weighting(
      {.kind = WeightingKind::stch, .stch_mu = 1e-3, .stch_warm_up_epochs = 2},
      weighted({1, 1}));
  const Numbers losses{1, 3};
  expect_numbers(copied(weighting->weights({.losses = losses})), {1.5, 0.5});
  weighting->end_epoch(0, Numbers{9, 9});
  expect_numbers(copied(weighting->weights({.losses = losses})), {1.5, 0.5});
  weighting->end_epoch(1, Numbers{1, 6});  // the reference
  weighting->end_epoch(2, Numbers{5, 5});  // not any more
  expect_numbers(copied(weighting->weights({.losses = losses})), {2, 0});
}

TEST(FamoKind, TaskThatFellLessGetsMore) {
  const auto weighting = made(WeightingKind::famo, 2);
  const Numbers losses{1, 1};
  expect_numbers(copied(weighting->weights({.losses = losses})), {1, 1});
  weighting->after_step(Numbers{0.5, 1});
  const Numbers w = copied(weighting->weights({.losses = losses}));
  // Adam's first step is its rate, whatever the gradient: logits -+0.025.
  const double share = 1.0 / (1.0 + std::exp(0.05));
  expect_numbers(w, {2 * share, 2 * (1 - share)}, 1e-6);
}

TEST(FamoKind, DecayLeadsBackToEqualShares) {
  const auto weighting =
      make_weighting({.kind = WeightingKind::famo, .famo_weight_decay = 100.0},
                     weighted({1, 1}));
  const Numbers losses{1, 1};
  (void)weighting->weights({.losses = losses});
  weighting->after_step(Numbers{0.5, 1});
  for (int step = 0; step < 200; ++step) {
    (void)weighting->weights({.losses = losses});
    weighting->after_step(losses);
  }
  expect_numbers(copied(weighting->weights({.losses = losses})), {1, 1}, 0.01);
}

TEST(FamoKind, LearnsOnceAStep) {
  const auto weighting = made(WeightingKind::famo, 2);
  (void)weighting->weights({.losses = Numbers{1, 1}});
  weighting->after_step(Numbers{0.5, 1});
  const Numbers state = copied(weighting->state());
  weighting->after_step(Numbers{0.5, 1});
  EXPECT_EQ(copied(weighting->state()), state);
}

// With alpha 0, w_t n_t becomes the same for all.
TEST(GradnormKind, MakesNormsEqual) {
  const auto weighting = make_weighting({.kind = WeightingKind::gradnorm,
                                         .gradnorm_alpha = 0.0,
                                         .gradnorm_learning_rate = 0.01},
                                        weighted({1, 1, 1}));
  const Numbers gramian{1, 0, 0, 0, 100, 0, 0, 0, 16};
  weighting->end_epoch(0, Numbers{1, 2, 3});  // rates do not matter
  Numbers w;
  for (int step = 0; step < 2000; ++step) {
    w = copied(weighting->weights(
        {.losses = Numbers{1, 1, 1}, .gramian = gramian, .step = step}));
  }
  const double scale = 3.0 / (1 + 0.1 + 0.25);
  expect_numbers(w, {scale, scale / 10, scale / 4}, 0.06);
}

// Lengths 1, 10, 4 have mean 5, goals are 1: d/dw = (-0.2, 2, -0.8), and the
// gradient by the logits is that less its mean. Adam's m is a tenth of it.
TEST(GradnormKind, FirstStepIsDownItsObjective) {
  const auto weighting = made(WeightingKind::gradnorm);
  (void)weighting->weights({.losses = Numbers{1, 1, 1},
                            .gramian = Numbers{1, 0, 0, 0, 100, 0, 0, 0, 16}});
  expect_numbers(copied(weighting->state().subspan(3, 3)),
                 {-0.16 / 3, 0.5 / 3, -0.34 / 3});
}

// Weights 1.5, 0.75, 0.75 and w n = 6, 1, 2 in units of 3: d/d(w n) of the
// distance to 1 is (2, -1/3, -2/3), their mean 1/3; a logit moves all weights,
// so each loses its weight times that mean.
TEST(GradnormKind, AStepFromUnequalWeightsIsDownItsObjective) {
  const auto weighting = made(WeightingKind::gradnorm);
  Numbers state = copied(weighting->state());
  state[0] = std::log(2.0);
  weighting->restore(state);
  const Numbers weights = copied(weighting->weights(
      {.losses = Numbers{1, 1, 1},
       .gramian = Numbers{16, 0, 0, 0, 16.0 / 9, 0, 0, 0, 64.0 / 9}}));
  expect_numbers(weights, {1.5, 0.75, 0.75});
  expect_numbers(copied(weighting->state().subspan(3, 3)),
                 {0.15, -0.7 / 12, -1.1 / 12});
}

TEST(GradnormKind, SlowTasksGetLargerNorms) {
  const auto weighting = make_weighting({.kind = WeightingKind::gradnorm,
                                         .gradnorm_alpha = 1.0,
                                         .gradnorm_learning_rate = 0.01},
                                        weighted({1, 1}));
  weighting->end_epoch(0, Numbers{1, 10});
  weighting->end_epoch(1, Numbers{10, 1});  // no longer the first
  Numbers w;
  for (int step = 0; step < 2000; ++step) {
    w = copied(weighting->weights({.losses = Numbers{0.9, 3},
                                   .gramian = Numbers{1, 0, 0, 1},
                                   .step = step}));
  }
  // 0.9 and 0.3 of the first losses: norms as 3 to 1.
  expect_numbers(w, {1.5, 0.5}, 0.04);
}

}  // namespace
}  // namespace polytask
