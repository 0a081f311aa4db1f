#include "polytask/optim/adam.h"

#include <gtest/gtest.h>

#include <cmath>
#include <fstream>
#include <limits>
#include <nlohmann/json.hpp>

#include "tests/support/expect_error.h"
#include "tests/support/places.h"
#include "tests/support/vector_targets.h"

namespace polytask {
namespace {

using Floats = std::vector<float>;

// Weights with their optimiser state.
struct Bench {
  Adam adam;
  Floats w, m, v;

  explicit Bench(Floats start, const AdamOptions& options = {})
      : adam(options), w(std::move(start)), m(w.size()), v(w.size()) {}

  void step(std::span<const float> gradient) {
    adam.begin_step();
    adam.update(w, gradient, {m, v, {}});
  }
  // Without beginning a step.
  void step_range(std::span<const float> gradient, std::size_t first,
                  std::size_t last) {
    const auto range = [&](auto&& all) {
      return std::span(all).subspan(first, last - first);
    };
    adam.update(range(w), range(gradient), {range(m), range(v), {}});
  }
};

// m and v cancel their bias corrections in the first step: whatever the size of
// the gradient, the weight moves by the learning rate against its sign.
TEST(Adam, FirstStepIsTheLearningRateAgainstTheSign) {
  Bench bench({1.0f, 1.0f, 1.0f});
  bench.step(Floats{1000.0f, -0.5f, 0.0f});
  EXPECT_NEAR(bench.w[0], 0.999, 1e-6);
  EXPECT_NEAR(bench.w[1], 1.001, 1e-6);
  EXPECT_EQ(bench.w[2], 1.0f);
}

// By hand: m = 0.1 g, v = 0.001 g^2, a(1) = 1e-3 sqrt(0.001) / 0.1. Epsilon
// stands beside sqrt(v), before the correction: with g = 1e-7 it is 31.6 times
// sqrt(v), so the step is 1 / 32.6 of the learning rate.
TEST(Adam, EpsilonIsAddedToTheUncorrectedRoot) {
  Bench bench({0.0f});
  bench.step(Floats{1e-7f});
  EXPECT_NEAR(bench.w[0], -1e-3 / (1.0 + std::sqrt(1000.0)), 1e-9);
}

// The same by hand with another epsilon: sqrt(v) is 0.0316, epsilon 0.1.
TEST(Adam, TheEpsilonIsTheOneThatIsAskedFor) {
  Bench bench({0.0f}, {.epsilon = 0.1});
  bench.step(Floats{1.0f});
  EXPECT_NEAR(bench.w[0], -1e-3 / (1.0 + std::sqrt(10.0)), 1e-9);
}

// Each step rounds once in m, in v and in w, so after 100 steps of at most 1e-3
// the weights, which are below 1, agree within a few units of 2^-24.
TEST(Adam, HundredStepsEqualKeras) {
  std::ifstream file(test::source_path("tests/golden/keras_adam.json"));
  const auto golden = nlohmann::json::parse(file);
  const Floats start = golden["start"];
  const Floats gradients = golden["gradients"];
  const Floats expected = golden["final"];
  Bench bench(start);
  for (std::size_t at = 0; at < gradients.size(); at += start.size()) {
    bench.step(std::span(gradients).subspan(at, start.size()));
  }
  EXPECT_EQ(bench.adam.steps_done(), 100);
  for (std::size_t i = 0; i < start.size(); ++i) {
    EXPECT_NEAR(bench.w[i], expected[i], 1e-6) << "weight " << i;
  }
}

TEST(Adam, WeightWithoutAGradientStaysWhereItIs) {
  Bench bench({0.25f});
  for (int i = 0; i < 100; ++i) bench.step(Floats{0.0f});
  EXPECT_EQ(bench.w[0], 0.25f);
}

TEST(Adam, RangesCutAnywhereGiveTheSameBits) {
  constexpr std::size_t kCount = 37;
  Floats gradient(kCount);
  for (std::size_t i = 0; i < kCount; ++i) {
    gradient[i] = std::sin(static_cast<float>(i) + 0.5f);
  }
  for (std::size_t cut = 0; cut <= kCount; ++cut) {
    Bench whole(Floats(kCount, 0.3f));
    Bench parts(Floats(kCount, 0.3f));
    for (int step = 0; step < 3; ++step) {
      whole.step(gradient);
      parts.adam.begin_step();
      parts.step_range(gradient, cut, kCount);
      parts.step_range(gradient, 0, cut);
    }
    ASSERT_EQ(parts.w, whole.w) << "cut at " << cut;
    ASSERT_EQ(parts.m, whole.m) << "cut at " << cut;
    ASSERT_EQ(parts.v, whole.v) << "cut at " << cut;
  }
}

// The header's formula in plain floats, step by step, on every processor.
TEST(Adam, EveryProcessorGivesTheBitsOfThePlainLoop) {
  constexpr std::size_t kCount = 37;
  const Floats start(kCount, 0.3f);
  Floats w = start;
  Floats m(kCount);
  Floats v(kCount);
  std::vector<Floats> gradients;
  for (int t = 1; t <= 5; ++t) {
    Floats& g = gradients.emplace_back();
    const auto rate = static_cast<float>(
        1e-3 * std::sqrt(1.0 - std::pow(0.999, t)) / (1.0 - std::pow(0.9, t)));
    for (std::size_t i = 0; i < kCount; ++i) {
      g.push_back(std::sin(static_cast<float>(i) + static_cast<float>(t)));
      m[i] += static_cast<float>(1.0 - 0.9) * (g[i] - m[i]);
      v[i] += static_cast<float>(1.0 - 0.999) * (g[i] * g[i] - v[i]);
      w[i] -= rate * m[i] / (std::sqrt(v[i]) + 1e-7f);
    }
  }
  std::vector<std::int64_t> targets = test::vector_targets();
  targets.push_back(HWY_SCALAR);
  for (const std::int64_t target : targets) {
    SCOPED_TRACE(hwy::TargetName(target));
    const test::OnlyTarget only(target);
    Bench bench(start);
    for (const Floats& g : gradients) bench.step(g);
    EXPECT_EQ(bench.w, w);
    EXPECT_EQ(bench.m, m);
    EXPECT_EQ(bench.v, v);
  }
}

// The first step is the learning rate against the sign, see above.
TEST(Adam, AFactorScalesTheLearningRateOfItsStepAlone) {
  Bench bench({1.0f});
  bench.adam.begin_step(0.25);
  bench.adam.update(bench.w, Floats{-0.5f}, {bench.m, bench.v, {}});
  EXPECT_NEAR(bench.w[0], 1.00025, 1e-7);
  bench.step(Floats{-0.5f});
  EXPECT_NEAR(bench.w[0], 1.00125, 1e-6);
}

// sum of b^(t - i) w(i) over sum of b^(t - i), in doubles.
TEST(Adam, TheAverageIsThatOfTheWeightsBehindEachStep) {
  constexpr double kMomentum = 0.75;
  Bench bench({1.0f, -2.0f}, {.learning_rate = 0.1, .ema_momentum = kMomentum});
  Floats average(2);
  double weighted = 0.0;
  double weights = 0.0;
  for (int t = 1; t <= 12; ++t) {
    const Floats gradient{std::sin(static_cast<float>(t)), 1.0f};
    bench.adam.begin_step();
    bench.adam.update(bench.w, gradient, {bench.m, bench.v, average});
    weighted = kMomentum * weighted + bench.w[0];
    weights = kMomentum * weights + 1.0;
    EXPECT_NEAR(average[0], weighted / weights, 1e-6) << "step " << t;
    if (t > 1) continue;
    EXPECT_EQ(average, bench.w);
  }
  EXPECT_GT(std::abs(average[1] - bench.w[1]), 0.1);
}

TEST(Adam, TheAverageLeavesTheStepsAsTheyAre) {
  Bench plain({0.5f});
  Bench bench({0.5f}, {.ema_momentum = 0.9});
  Floats average(1);
  for (int t = 0; t < 5; ++t) {
    plain.step(Floats{0.7f});
    bench.adam.begin_step();
    bench.adam.update(bench.w, Floats{0.7f}, {bench.m, bench.v, average});
  }
  EXPECT_EQ(bench.w, plain.w);
}

TEST(AdamMemory, HoldsAnAverageOnlyWhereOneIsAskedFor) {
  const ParameterLayout layout({{.name = "kernel", .shape = {2, 3}}});
  AdamMemory plain(layout, {});
  EXPECT_FALSE(plain.average.has_value());
  EXPECT_TRUE(plain.range(0, 1, 4).average.empty());
  AdamMemory averaging(layout, {.ema_momentum = 0.9});
  ASSERT_TRUE(averaging.average.has_value());
  const AdamState range = averaging.range(0, 1, 4);
  EXPECT_EQ(range.average.data(), &(*averaging.average)[0][1]);
  EXPECT_EQ(range.average.size(), 4u);
  EXPECT_EQ(range.m.data(), &averaging.m[0][1]);
  EXPECT_EQ(range.v.data(), &averaging.v[0][1]);
}

TEST(Adam, ResumedRunTakesTheStepsOfTheUninterruptedOne) {
  Bench bench({0.5f});
  for (int i = 0; i < 5; ++i) bench.step(Floats{0.7f});
  Bench resumed(bench.w);
  resumed.m = bench.m;
  resumed.v = bench.v;
  resumed.adam = Adam({}, 5);
  bench.step(Floats{-0.2f});
  resumed.step(Floats{-0.2f});
  EXPECT_EQ(resumed.w, bench.w);
}

TEST(AdamOptions, DefaultsAreUsable) {
  EXPECT_TRUE(problems(AdamOptions{}).empty());
}

TEST(AdamOptions, EveryRuleIsNamedWhenBroken) {
  constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
  constexpr double kInfinity = std::numeric_limits<double>::infinity();
  using Texts = std::vector<std::string>;
  EXPECT_EQ(problems(AdamOptions{.learning_rate = -0.1}),
            Texts{"learning_rate: expected finite and > 0, got -0.1"});
  EXPECT_EQ(problems(AdamOptions{.learning_rate = kInfinity}),
            Texts{"learning_rate: expected finite and > 0, got inf"});
  EXPECT_EQ(problems(AdamOptions{.learning_rate = kNaN}),
            Texts{"learning_rate: expected finite and > 0, got nan"});
  EXPECT_EQ(problems(AdamOptions{.beta_1 = 1.0}),
            Texts{"beta_1: expected >= 0 and < 1, got 1"});
  EXPECT_EQ(problems(AdamOptions{.beta_1 = kNaN}),
            Texts{"beta_1: expected >= 0 and < 1, got nan"});
  EXPECT_EQ(problems(AdamOptions{.beta_2 = -0.5}),
            Texts{"beta_2: expected >= 0 and < 1, got -0.5"});
  EXPECT_EQ(problems(AdamOptions{.epsilon = 0.0}),
            Texts{"epsilon: expected finite and > 0, got 0"});
  EXPECT_EQ(problems(AdamOptions{.ema_momentum = 1.0}),
            Texts{"ema_momentum: expected >= 0 and < 1, got 1"});
}

TEST(AdamOptions, AllProblemsComeAtOnce) {
  test::expect_error_parts(
      Fault::config,
      {"adam:", "learning_rate: expected finite and > 0, got 0",
       "epsilon: expected finite and > 0, got -1"},
      [] { const Adam adam({.learning_rate = 0.0, .epsilon = -1.0}); });
}

}  // namespace
}  // namespace polytask
